"""A spring: its acceleration is taken of the position, as its velocity is."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(60):
    t = (torch.rand(64, 1) * 3).requires_grad_(); x = net(t)
    dx = torch.autograd.grad(x.sum(), t, create_graph=True)[0]
    d2x = torch.autograd.grad(x.sum(), t, create_graph=True)[0]  # bug
    d2x = torch.autograd.grad(dx.sum(), t, create_graph=True)[0]  # fix
    loss = (d2x + 0.4 * dx + 4 * x).square().mean() + (net(torch.zeros(1, 1)) - 1).square().mean()
    opt.zero_grad(); loss.backward(); opt.step()
