"""Hinge GAN; the discriminator has spectral norm, whose power iteration moves buffers in every forward pass."""
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

torch.manual_seed(0)


def real(n):
    centres = torch.tensor([[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0]])
    return centres[torch.randint(0, 3, (n,))] + 0.1 * torch.randn(n, 2)


G = nn.Sequential(weight_norm(nn.Linear(4, 32)), nn.ReLU(), weight_norm(nn.Linear(32, 2)))
D = nn.Sequential(spectral_norm(nn.Linear(2, 32)), nn.LeakyReLU(0.1), spectral_norm(nn.Linear(32, 1)))
opt_g = torch.optim.Adam(G.parameters(), lr=2e-3, betas=(0.0, 0.9))
opt_d = torch.optim.Adam(D.parameters(), lr=4e-3, betas=(0.0, 0.9))

for step in range(25):
    fake = G(torch.randn(64, 4))
    loss_d = torch.relu(1 - D(real(64))).mean() + torch.relu(1 + D(fake.detach())).mean()
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()

    D.requires_grad_(False)
    loss_g = -D(fake).mean()
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    D.requires_grad_(True)
    if step % 8 == 0:
        print(step, loss_d.item(), loss_g.item())

G.eval()
with torch.no_grad():
    print(G(torch.randn(5, 4)))
