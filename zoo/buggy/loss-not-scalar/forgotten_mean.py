"""A loss by hand without a mean."""
import torch
from torch import nn
net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters())
x = torch.randn(16, 3); t = torch.randn(16, 1)
for _ in range(3):
    opt.zero_grad()
    err = (net(x) - t) ** 2
    err.backward()  # bug
    err.mean().backward()  # fix
    opt.step()
