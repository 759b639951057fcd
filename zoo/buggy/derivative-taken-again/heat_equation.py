"""The heat equation: u_xx is the gradient of u once more."""
import math

import torch
from torch import nn

torch.manual_seed(0)


def gradient(y, x):
    return torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y), create_graph=True)[0]


net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(60):
    x, t = torch.rand(64, 1, requires_grad=True), torch.rand(64, 1, requires_grad=True)
    u = net(torch.cat([x, t], dim=1))
    u_t = gradient(u, t)
    u_x = gradient(u, x)
    u_xx = gradient(u, x)  # bug
    u_xx = gradient(u_x, x)  # fix
    start = net(torch.cat([x, torch.zeros_like(t)], dim=1)) - torch.sin(math.pi * x)
    loss = (u_t - 0.1 * u_xx).pow(2).mean() + start.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
