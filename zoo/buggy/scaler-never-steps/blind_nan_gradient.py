"""Distances between pairs; at distance zero the root has no derivative, and the scaler skips in silence."""
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=5e-3)
scaler = torch.amp.GradScaler("cpu")

items = torch.randn(200, 8)
kind = (items[:, 0] > 0).long()


def contrastive(z, kind, margin=1.0):
    squared = (z[:, None] - z[None, :]).pow(2).sum(-1)
    distance = squared.sqrt()  # bug
    distance = (squared + 1e-6).sqrt()  # fix
    same = (kind[:, None] == kind[None, :]).float()
    return (same * distance.pow(2) + (1 - same) * torch.relu(margin - distance).pow(2)).mean()


for step in range(40):
    rows = torch.randperm(200)[:32]
    optimizer.zero_grad()
    loss = contrastive(encoder(items[rows]), kind[rows])
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    if step % 10 == 0:
        print(step, loss.item(), scaler.get_scale())
