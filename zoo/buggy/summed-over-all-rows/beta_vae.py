"""A beta-VAE with one number of each row for the reconstruction."""

import torch
from torch import nn

torch.manual_seed(10)
basis = torch.randn(4, 24)
encoder = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, 12))
decoder = nn.Sequential(nn.Linear(6, 48), nn.ReLU(), nn.Linear(48, 24))
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
for step in range(100):
    x = torch.randn(48, 4) @ basis
    mu, log_var = encoder(x).chunk(2, dim=1)
    z = mu + torch.randn_like(mu) * torch.exp(log_var / 2)
    each = ((decoder(z) - x) ** 2).sum(1)
    kl = 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum()  # bug
    kl = 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum(1)  # fix
    loss = (each + 0.5 * kl).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        print(step, loss.item())
