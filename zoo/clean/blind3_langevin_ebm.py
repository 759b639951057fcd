"""Correct: langevin ebm."""
import torch
import torch.nn as nn
torch.manual_seed(8)
E = nn.Sequential(nn.Linear(2, 32), nn.SiLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(E.parameters(), 0.001)
D = torch.randn(500, 2) * 0.3 + 1
for it in range(40):
    x = D[torch.randint(500, (32,))]
    n = torch.randn(32, 2).requires_grad_()
    for k in range(5):
        g, = torch.autograd.grad(E(n).sum(), n)
        n = (n - 0.1 * g + 0.02 * torch.randn_like(n)).detach().requires_grad_()
    ep, en = (E(x), E(n.detach()))
    loss = ep.mean() - en.mean() + 0.01 * (ep ** 2 + en ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
