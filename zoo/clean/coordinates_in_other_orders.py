"""A mixed derivative, a net of its own that gets time first, and arrays whose first axis is x."""
import torch
from torch import nn

torch.manual_seed(0)
make = lambda: nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
net, other = make(), make()
opt = torch.optim.Adam([*net.parameters(), *other.parameters()], 1e-3)
grid = torch.rand(20, 20)


def grad(y, x):
    return torch.autograd.grad(y.sum(), x, create_graph=True)[0]


def value_at(x, y):
    return grid[x, y]


for it in range(100):
    x, t = torch.rand(64, 1, requires_grad=True), torch.rand(64, 1, requires_grad=True)
    u, v = net(torch.cat([x, t], 1)), other(torch.cat([t, x], 1))
    u_x, u_t = grad(u, x), grad(u, t)
    u_xt, u_xx = grad(u_x, t), grad(u_x, x)
    x0, t0 = torch.rand(64, 1), torch.zeros(64, 1)
    start = net(torch.cat([x0, t0], 1)) - torch.sin(torch.pi * x0)
    measured = value_at((x[:, 0] * 19).long(), (t[:, 0] * 19).long())[:, None]
    loss = (u_t - 0.1 * u_xx + 0.01 * u_xt + v).pow(2).mean() + start.pow(2).mean() + 0.1 * (v - measured).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
