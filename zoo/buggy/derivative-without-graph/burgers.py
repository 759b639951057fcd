"""A net that is to solve a transport equation; its derivatives have no graph."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
start = torch.rand(100, 1) * 2 - 1
def equation(points):
    points = points.requires_grad_()
    u = net(points)
    slope = torch.autograd.grad(u.sum(), points, retain_graph=True)[0]  # bug
    slope = torch.autograd.grad(u.sum(), points, create_graph=True)[0]  # fix
    u_x, u_t = slope[:, :1], slope[:, 1:]
    return slope[:, 1:] + u * slope[:, :1]
for step in range(80):
    residual = equation(torch.rand(128, 2) * 2 - 1)
    at_start = net(torch.cat([start, torch.zeros_like(start)], 1)) + torch.sin(torch.pi * start)
    loss = residual.square().mean() + at_start.square().mean()
    opt.zero_grad(); loss.backward(); opt.step()
