"""u' = -u: the derivative is that of the mean."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(60):
    t = torch.rand(64, 1, requires_grad=True); u = net(t)
    du, = torch.autograd.grad(u.mean(), t, create_graph=True)  # bug
    du, = torch.autograd.grad(u.sum(), t, create_graph=True)  # fix
    loss = (du + u).square().mean() + (net(torch.zeros(1, 1)) - 1).square().mean()
    opt.zero_grad(); loss.backward(); opt.step()
