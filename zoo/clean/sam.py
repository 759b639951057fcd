"""Sharpness-aware minimisation: two backwards a step."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
base = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
rho = 0.05
for i in range(30):
    x = torch.randn(32, 6); y = torch.randint(0, 3, (32,))
    base.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    with torch.no_grad():
        norm = torch.norm(torch.stack([p.grad.norm() for p in net.parameters()]))
        eps = [p.grad * (rho / (norm + 1e-12)) for p in net.parameters()]
        for p, e in zip(net.parameters(), eps):
            p.add_(e)
    base.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    with torch.no_grad():
        for p, e in zip(net.parameters(), eps):
            p.sub_(e)
    base.step()
