"""Random numbers of a net that are to stay: a buffer, and noise that is drawn anew in each call."""
import torch
from torch import nn

torch.manual_seed(0)


class Waves(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.register_buffer("frequencies", 2 * torch.randn(2, width))
        self.weight = nn.Parameter(torch.randn(2 * width, 1) / width**0.5)
        self.noise = torch.rand(1)

    def forward(self, x):
        self.noise = torch.randn_like(x)
        angles = (x + 0.01 * self.noise) @ self.frequencies
        return torch.cat([angles.sin(), angles.cos()], 1) @ self.weight


net = Waves()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(60):
    x = torch.rand(64, 2) * 2 - 1
    loss = (net(x) - (3 * x[:, :1]).sin() * x[:, 1:]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
