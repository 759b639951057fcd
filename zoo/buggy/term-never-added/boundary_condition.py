"""A physics-informed net: the boundary's loss is computed and printed, and never added."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
edge, value = torch.tensor([[0.0], [1.0]]), torch.zeros(2, 1)
for it in range(120):
    x = torch.rand(64, 1, requires_grad=True)
    u = net(x)
    ux = torch.autograd.grad(u, x, torch.ones_like(u), create_graph=True)[0]
    uxx = torch.autograd.grad(ux, x, torch.ones_like(ux), create_graph=True)[0]
    loss_pde = (uxx + torch.sin(torch.pi * x)).pow(2).mean()
    loss_bc = (net(edge) - value).pow(2).mean()
    loss = loss_pde  # bug
    loss = loss_pde + 10 * loss_bc  # fix
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 40 == 0:
        print(it, loss.item(), loss_bc.item())
