"""Rows and noise are mixed by shares whose roots were not taken."""
import torch
from torch import nn

torch.manual_seed(0)
T = 30
beta = torch.linspace(1e-4, 0.06, T)
abar = (1 - beta).cumprod(0)


def add_noise(x, t, noise):
    share = abar[t].view(-1, 1)
    return abar[t].view(-1, 1) * x + (1 - abar[t]).view(-1, 1) * noise  # bug
    return share.sqrt() * x + (1 - share).sqrt() * noise  # fix


net = nn.Sequential(nn.Linear(3, 48), nn.SiLU(), nn.Linear(48, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(60):
    x = torch.rand(64, 2) * 2 - 1
    t, noise = torch.randint(0, T, (64,)), torch.randn(64, 2)
    guess = net(torch.cat([add_noise(x, t, noise), t[:, None] / T], 1))
    loss = nn.functional.mse_loss(guess, noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
