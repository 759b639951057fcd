"""Songs and their covers: the contrast between pairs, written with exponentials."""
import torch
from torch import nn
from torch.nn import functional as F


class Contrast(nn.Module):
    def __init__(self, temperature):
        super().__init__()
        self.temperature = temperature

    def forward(self, a, b):
        similar = (a @ b.T) / self.temperature  # fix
        similar = a @ b.T  # bug
        same = (a * b).sum(1) / self.temperature
        return -(torch.exp(same) / torch.exp(similar).sum(1)).log().mean()


torch.manual_seed(27)
melody = torch.randn(500, 8)
sounds = torch.randn(8, 25)
tower = nn.Sequential(nn.Linear(25, 64), nn.GELU(), nn.Linear(64, 12))
loss_of = Contrast(0.2)
optimizer = torch.optim.AdamW(tower.parameters(), lr=1e-3)
for step in range(300):
    rows = torch.randperm(500)[:48]
    song, cover = (torch.tanh(melody[rows] @ sounds) + 0.3 * torch.randn(48, 25) for _ in range(2))
    loss = loss_of(F.normalize(tower(song), dim=1), F.normalize(tower(cover), dim=1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        print(step + 1, round(loss.item(), 3))
