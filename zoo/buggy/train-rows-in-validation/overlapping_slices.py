"""Validation slice begins too early."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(200, 8); y = (x[:, 0] > 0).long()
xt, yt = x[:160], y[:160]
xv, yv = x[120:], y[120:]  # bug
xv, yv = x[160:], y[160:]  # fix
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(4):
    perm = torch.randperm(160)
    for i in range(0, 160, 32):
        j = perm[i:i+32]
        opt.zero_grad(); nn.functional.cross_entropy(net(xt[j]), yt[j]).backward(); opt.step()
    with torch.no_grad():
        acc = (net(xv).argmax(1) == yv).float().mean()
