"""Segmentation: maps of shape (N, C, H, W) are flattened to rows of C values without moving C to the end."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(16):
    image = torch.rand(6, 1, 16, 16)
    region = (image[:, 0] * 4).long().clamp_max(3)
    maps = net(image)
    rows = maps.view(-1, 4)  # bug
    rows = maps.movedim(1, -1).reshape(-1, 4)  # fix
    optimizer.zero_grad()
    F.cross_entropy(rows, region.flatten()).backward()
    optimizer.step()
