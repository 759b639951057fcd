"""A transform of batches pastes a patch of another picture and gives the share that it had before the border cut it."""
import math
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
labels = torch.randint(4, (800,))
waves = torch.sin(torch.arange(12.0)[None] * (0.5 + 0.5 * torch.arange(4.0)[:, None]))
pictures = waves[labels][:, None, None, :].expand(-1, 1, 12, -1) + 0.7 * torch.randn(800, 1, 12, 12)


def paste(x, alpha=1.0):
    share = torch.distributions.Beta(alpha, alpha).sample().item()
    order = torch.randperm(len(x))
    height, width = x.shape[-2:]
    side = (1 - share) ** 0.5
    tall, wide = int(height * side), int(width * side)
    cy, cx = random.randrange(height), random.randrange(width)
    top, bottom = max(cy - tall // 2, 0), min(cy + tall // 2, height)
    left, right = max(cx - wide // 2, 0), min(cx + wide // 2, width)
    mixed = x.clone()
    mixed[:, :, top:bottom, left:right] = x[order, :, top:bottom, left:right]
    share = 1 - tall * wide / (height * width)  # bug
    share = 1 - (bottom - top) * (right - left) / (height * width)  # fix
    return mixed, order, share


net = nn.Sequential(
    nn.Conv2d(1, 12, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(432, 4))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for rows in torch.randperm(800).split(50):
        x, order, share = paste(pictures[rows])
        log_p = net(x).log_softmax(1)
        y = nn.functional.one_hot(labels[rows], 4).float()
        loss = -((share * y + (1 - share) * y[order]) * log_p).sum(1).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
