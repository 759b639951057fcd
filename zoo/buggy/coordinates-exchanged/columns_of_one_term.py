"""The heat equation: the net gets [x, t] in the residual and [t, x] in the initial condition."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)


def grad(y, x):
    return torch.autograd.grad(y.sum(), x, create_graph=True)[0]


for it in range(100):
    x, t = torch.rand(64, 1, requires_grad=True), torch.rand(64, 1, requires_grad=True)
    u = net(torch.cat([x, t], dim=1))
    residual = grad(u, t) - 0.1 * grad(grad(u, x), x)
    x0, t0 = torch.rand(64, 1), torch.zeros(64, 1)
    u0 = net(torch.cat([t0, x0], dim=1))  # bug
    u0 = net(torch.cat([x0, t0], dim=1))  # fix
    loss = residual.pow(2).mean() + (u0 - torch.sin(torch.pi * x0)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
