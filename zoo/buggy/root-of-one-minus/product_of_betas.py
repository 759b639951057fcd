"""Betas of a diffusion, multiplied up as they are."""
import torch
from torch import nn

torch.manual_seed(0)
T = 40
betas = torch.linspace(1e-4, 0.05, T)
alpha_bar = torch.cumprod(betas, dim=0)  # bug
alpha_bar = torch.cumprod(1 - betas, dim=0)  # fix
net = nn.Sequential(nn.Linear(3, 48), nn.SiLU(), nn.Linear(48, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(60):
    x0 = torch.randn(64, 2) * 0.2 + torch.tensor([1.0, -1.0])
    t, noise = torch.randint(0, T, (64,)), torch.randn(64, 2)
    a = alpha_bar[t][:, None]
    xt = a.sqrt() * x0 + (1 - a).sqrt() * noise
    loss = (net(torch.cat([xt, t[:, None] / T], 1)) - noise).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
