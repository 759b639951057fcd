"""Each frame of a spectrogram is tagged by a linear layer, which is given a piece of a channel in its place. (level: warning)"""
import torch
from torch import nn

torch.manual_seed(0)


def recordings(n, frames=24, bands=10):
    loud = (torch.rand(n, frames) < 0.3).float()
    tone = torch.zeros(bands)
    tone[3:6] = 1.2
    return (loud[:, :, None] * tone + 0.6 * torch.randn(n, frames, bands))[:, None], loud


conv = nn.Sequential(nn.Conv2d(1, 8, (1, 3), padding=(0, 1)), nn.ReLU(), nn.Conv2d(8, 8, 1), nn.ReLU())
head = nn.Sequential(nn.Linear(80, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam([*conv.parameters(), *head.parameters()], lr=3e-3)
x_valid, y_valid = recordings(120)


def tags(x):
    maps = conv(x)  # (N, 8, frames, bands)
    return head(maps.view(len(x), x.size(2), 80)).squeeze(-1)  # bug
    return head(maps.transpose(1, 2).flatten(2)).squeeze(-1)  # fix


for epoch in range(6):
    x, y = recordings(400)
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(tags(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = ((tags(x_valid) > 0) == y_valid.bool()).float().mean()
    print(f"epoch {epoch}: {right:.3f} of the frames")
