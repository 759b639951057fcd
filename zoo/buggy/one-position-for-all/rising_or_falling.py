"""Rising or falling: short series through self-attention with a table of sines."""
import torch
from torch import nn


def table_of_sines(length, width):
    angles = torch.arange(length)[:, None] / 50 ** (torch.arange(width) // 2 * 2 / width)
    return torch.where(torch.arange(width) % 2 == 0, angles.sin(), angles.cos())


class Trend(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.inward = nn.Linear(1, width)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, 2)
        self.register_buffer("pe", table_of_sines(40, width)[None])

    def forward(self, series):
        x = self.inward(series)
        x += self.pe[:, x.size(1)]  # bug
        x += self.pe[:, : x.size(1)]  # fix
        mixed, _ = self.attention(x, x, x)
        return self.out(self.norm(x + mixed).mean(dim=1))


torch.manual_seed(2)
slope = torch.where(torch.rand(900) < 0.5, 1.0, -1.0)
series = slope[:, None] * torch.linspace(-1, 1, 20) + 0.6 * torch.randn(900, 20)
x, y = series[..., None], (slope > 0).long()
net = Trend()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(10):
    for rows in torch.randperm(700).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, f"{(net(x[700:]).argmax(1) == y[700:]).float().mean():.3f}")
