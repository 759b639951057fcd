"""CutMix whose box is drawn so that it fits, and one whose share is counted of its mask; a cutout needs no share."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)
labels = torch.randint(3, (600,))
images = torch.randn(600, 3, 16, 16) * 0.6
images[torch.arange(600), labels] += torch.linspace(-1, 1, 16).sin()


def within(height, width, lam):
    """A box that never meets the border; clipped all the same."""
    tall, wide = int(height * np.sqrt(1 - lam)), int(width * np.sqrt(1 - lam))
    top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
    return top, left, np.clip(top + tall, 0, height), np.clip(left + wide, 0, width)


def mask_of(height, width, lam):
    ratio = np.sqrt(1 - lam)
    tall, wide = int(height * ratio), int(width * ratio)
    y, x = rng.integers(height), rng.integers(width)
    y1, y2 = np.clip(y - tall // 2, 0, height), np.clip(y + tall // 2, 0, height)
    x1, x2 = np.clip(x - wide // 2, 0, width), np.clip(x + wide // 2, 0, width)
    mask = torch.zeros(height, width)
    mask[y1:y2, x1:x2] = 1
    return mask


net = nn.Sequential(
    nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
    nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(256, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for step, rows in enumerate(torch.randperm(600).repeat(4).split(50)):
    x, y, order = images[rows], labels[rows], torch.randperm(50)
    lam = rng.beta(1.0, 1.0)
    if step % 3 == 0:
        t, l, b, r = within(16, 16, lam)
        x[:, :, t:b, l:r] = x[order][:, :, t:b, l:r]
        share = lam
    else:
        mask = mask_of(16, 16, lam)
        x = x * (1 - mask) + mask * (x[order] if step % 3 == 1 else 0)
        share = 1 - mask.mean().item() if step % 3 == 1 else 1.0
    out = net(x)
    loss = share * nn.functional.cross_entropy(out, y) + (1 - share) * nn.functional.cross_entropy(out, y[order])
    opt.zero_grad()
    loss.backward()
    opt.step()
