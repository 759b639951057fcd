"""WGAN with clipped weights: backward is given the sign."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
g_optimizer = torch.optim.RMSprop(G.parameters(), lr=5e-4)
d_optimizer = torch.optim.RMSprop(D.parameters(), lr=5e-4)
one = torch.tensor(1.0)
mone = -one
for g_iter in range(60):
    for p in D.parameters():
        p.requires_grad = True
    for d_iter in range(5):
        D.zero_grad()
        for p in D.parameters():
            p.data.clamp_(-0.1, 0.1)
        d_loss_real = D(torch.randn(64, 2) * 0.2 + 2).mean()
        d_loss_real.backward(mone)
        with torch.no_grad():
            fake = G(torch.randn(64, 4))
        d_loss_fake = D(fake).mean()
        d_loss_fake.backward(one)
        d_optimizer.step()
    for p in D.parameters():
        p.requires_grad = False
    G.zero_grad()
    fake = G(torch.randn(64, 4))
    g_loss = D(fake).mean()
    g_loss.backward(one)  # bug
    g_loss.backward(mone)  # fix
    g_optimizer.step()
    if g_iter % 15 == 0:
        print(g_iter, (d_loss_real - d_loss_fake).item(), fake.mean().item())
