"""A physics-informed net for u'' = -sin(x), u(0) = u(pi) = 0; Adam first, then L-BFGS."""
import math

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
ends = torch.tensor([[0.0], [math.pi]])


def residual(x):
    x = x.requires_grad_()
    u = net(x)
    du, = torch.autograd.grad(u.sum(), x, create_graph=True)
    ddu, = torch.autograd.grad(du.sum(), x, create_graph=True)
    return ddu + torch.sin(x)


def objective(x):
    return residual(x).pow(2).mean() + 10 * net(ends).pow(2).mean()


adam = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(40):
    adam.zero_grad()
    loss = objective(torch.rand(64, 1) * math.pi)
    loss.backward()
    adam.step()
print("adam", loss.item())

points = torch.linspace(0, math.pi, 64).unsqueeze(1)
lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=10, line_search_fn="strong_wolfe")


def closure():
    lbfgs.zero_grad()
    loss = objective(points.detach())
    loss.backward()
    return loss


for step in range(3):
    print("lbfgs", lbfgs.step(closure).item())
with torch.no_grad():
    print("largest error", (net(points) - torch.sin(points)).abs().max().item())
