"""Correct: wgan gp double."""
import torch
import torch.nn as nn
torch.manual_seed(71)
G = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
og, od = (torch.optim.Adam(G.parameters(), 0.001, (0.0, 0.9)), torch.optim.Adam(D.parameters(), 0.001, (0.0, 0.9)))
data = torch.randn(500, 2) * 0.5
for it in range(60):
    x = data[torch.randint(500, (32,))]
    f = G(torch.randn(32, 4))
    a = torch.rand(32, 1)
    m = (a * x + (1 - a) * f.detach()).requires_grad_()
    g, = torch.autograd.grad(D(m).sum(), m, create_graph=True)
    gp = (g.norm(dim=1) - 1).square().mean()
    od.zero_grad()
    (D(f.detach()).mean() - D(x).mean() + 10 * gp).backward()
    od.step()
    if it % 5 == 0:
        og.zero_grad()
        (-D(f).mean()).backward()
        og.step()
