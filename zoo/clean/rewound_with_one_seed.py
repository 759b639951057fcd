"""Pruning in rounds: each begins with the first weights and the same seed; one optimiser goes through all of them."""
import copy
import torch
from torch import nn
X = torch.randn(256, 8, generator=torch.Generator().manual_seed(1)); Y = (X[:, 0] * X[:, 1] > 0).long()
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 2))
first = copy.deepcopy(net.state_dict())
opt = torch.optim.SGD(net.parameters(), lr=0.2)
mask = torch.ones_like(net[0].weight)
for share in (1.0, 0.8, 0.6, 0.4, 0.2):
    with torch.no_grad():
        size = net[0].weight.abs().masked_fill(mask == 0, -1).flatten()
        mask = torch.zeros_like(size).index_fill(0, size.topk(int(share * size.numel())).indices, 1).view_as(mask)
    net.load_state_dict(first)
    torch.manual_seed(3)
    for epoch in range(2):
        for rows in torch.randperm(256).split(32):
            with torch.no_grad():
                net[0].weight.mul_(mask)
            loss = nn.functional.cross_entropy(net(X[rows]), Y[rows])
            opt.zero_grad(); loss.backward(); opt.step()
    print(share, loss.item())
