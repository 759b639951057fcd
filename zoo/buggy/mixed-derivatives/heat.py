"""The second derivatives of a heat equation, taken of both first ones at once."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(40):
    p = torch.rand(64, 2, requires_grad=True); u = net(p)
    first = torch.autograd.grad(u.sum(), p, create_graph=True)[0]
    second = torch.autograd.grad(first, p, torch.ones_like(first), create_graph=True)[0][:, :1]  # bug
    second = torch.autograd.grad(first[:, :1].sum(), p, create_graph=True)[0][:, :1]  # fix
    start = torch.cat([torch.rand(32, 1), torch.zeros(32, 1)], 1)
    loss = (first[:, 1:] - 0.1 * second).square().mean() + (net(start) - torch.sin(3 * start[:, :1])).square().mean()
    opt.zero_grad(); loss.backward(); opt.step()
