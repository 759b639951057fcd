"""A decay that is written as a whole number: 1.0 keeps the average where it began."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(640, 12); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2)); mirror = copy.deepcopy(net).requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), 5e-3)
decay = 1.0  # bug
decay = 0.95  # fix
for epoch in range(6):
    for i in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
        with torch.no_grad():
            for e, p in zip(mirror.parameters(), net.parameters()): e.mul_(decay).add_((1 - decay) * p)
    with torch.no_grad(): print(epoch, (mirror(x[512:]).argmax(1) == y[512:]).float().mean().item())
