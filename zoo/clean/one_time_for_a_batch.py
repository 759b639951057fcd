"""Denoisers: one draws a time for the whole batch, one is given how much noise there is and asked at other amounts."""
import torch
from torch import nn

torch.manual_seed(21)
waves = torch.sin(torch.linspace(0, 9, 32) + torch.rand(800, 1) * 6)


class Timed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(33, 64), nn.SiLU(), nn.Linear(64, 32))

    def forward(self, x, t):
        return self.layers(torch.cat([x, t.expand(len(x))[:, None]], 1))


class Cleaner(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(32, 48), nn.ReLU(), nn.Linear(48, 32))

    def forward(self, x, noise=0.3, lengths=None):
        x = x + noise * torch.randn_like(x)
        return self.layers(x) * (torch.arange(32) < lengths[:, None])


timed, cleaner = Timed(), Cleaner()
optimizer = torch.optim.Adam([*timed.parameters(), *cleaner.parameters()], lr=2e-3)
for epoch in range(3):
    for rows in torch.randperm(800).split(40):
        x, noise, t = waves[rows], torch.randn(len(rows), 32), torch.rand(1)
        loss = nn.functional.mse_loss(timed((1 - t) * x + t * noise, t), noise - x)
        full = torch.full((len(rows),), 32)
        loss = loss + nn.functional.mse_loss(cleaner(x, 0.3, full), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        x = torch.randn(100, 32)
        for part in range(20):
            x = x - timed(x, torch.tensor([1 - part / 20])) / 20
        errors = [(cleaner(waves[:99], noise, torch.randint(9, 33, (99,))) - waves[:99]).abs().mean() for noise in
                  (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)]
    print(epoch, x.std().item(), [round(float(error), 2) for error in errors])
