import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
tr = DataLoader(TensorDataset(torch.randn(200, 6), torch.randint(0, 2, (200,))), 20, shuffle=True)
va = DataLoader(TensorDataset(torch.randn(100, 6), torch.randint(0, 2, (100,))), 20)
net = nn.Sequential(nn.Linear(6, 30), nn.ReLU(), nn.Dropout(0.1), nn.Linear(30, 2))
opt = torch.optim.Adam(net.parameters())
from contextlib import nullcontext
for epoch in range(2):
    net.train()
    for x, y in tr:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    total = 0.0
    with nullcontext():  # bug
    with torch.no_grad():  # fix
        for x, y in va:
            total += nn.functional.cross_entropy(net(x), y).item()
