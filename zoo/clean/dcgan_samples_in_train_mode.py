"""Samples of a generator are drawn in training mode, as the well-known example does."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(
    nn.ConvTranspose2d(8, 16, 4, 1, 0, bias=False),
    nn.BatchNorm2d(16),
    nn.ReLU(True),
    nn.ConvTranspose2d(16, 1, 4, 2, 1, bias=False),
    nn.Tanh(),
)
D = nn.Sequential(
    nn.Conv2d(1, 16, 4, 2, 1, bias=False),
    nn.LeakyReLU(0.2, inplace=True),
    nn.Conv2d(16, 1, 4, 1, 0, bias=False),
    nn.Sigmoid(),
)
crit = nn.BCELoss()
fixed = torch.randn(16, 8, 1, 1)
oD, oG = (
    torch.optim.Adam(D.parameters(), 2e-4, (0.5, 0.999)),
    torch.optim.Adam(G.parameters(), 2e-4, (0.5, 0.999)),
)
base = torch.tanh(torch.randn(1, 1, 8, 8))
samples = []
for i in range(80):
    D.zero_grad()
    real = (base + 0.1 * torch.randn(16, 1, 8, 8)).clamp(-1, 1)
    label = torch.full((16,), 1.0)
    out = D(real).view(-1)
    e = crit(out, label)
    e.backward()
    fake = G(torch.randn(16, 8, 1, 1))
    label.fill_(0.0)
    e2 = crit(D(fake.detach()).view(-1), label)
    e2.backward()
    oD.step()
    G.zero_grad()
    label.fill_(1.0)
    g = crit(D(fake).view(-1), label)
    g.backward()
    oG.step()
    if i % 20 == 19:
        with torch.no_grad():
            samples.append(G(fixed).detach().cpu())
