"""A generator whose tanh is brought to the range of standardised data, and instance noise on the real samples alone."""
import torch
from torch import nn

torch.manual_seed(0)
basis = torch.randn(4, 16)
table = torch.randn(2000, 4) @ basis
table = (table - table.mean(0)) / table.std(0)
widest = table.abs().max().item()
pictures = (table / table.abs().max(0).values * 3).clamp(-1, 1)  # many values at the edges


class Scaled(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 16), nn.Tanh())

    def forward(self, z):
        return self.net(z) * self.factor if self.factor != 1 else self.net(z)


def play(data, factor, noise):
    G, D = Scaled(factor), nn.Sequential(nn.Linear(16, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))
    opt_g = torch.optim.Adam(G.parameters(), lr=5e-4, betas=(0.5, 0.999))
    opt_d = torch.optim.Adam(D.parameters(), lr=5e-4, betas=(0.5, 0.999))
    for _ in range(80):
        real = data[torch.randint(len(data), (64,))]
        fake = G(torch.randn(64, 8))
        loss_d = (D(real + noise * torch.randn(64, 16)) - 1).pow(2).mean() + D(fake.detach()).pow(2).mean()
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = (D(fake) - 1).pow(2).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()


play(table, widest, 0.0)
play(pictures, 1, 0.05)
