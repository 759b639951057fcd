"""PSNR by a peak of 255, of images in 0..1: 48 decibels too many."""
import math

import torch
from torch import nn

torch.manual_seed(0)
clean = nn.functional.avg_pool2d(torch.rand(200, 1, 16, 16), 3, 1, 1)
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
PIXEL_MAX = 255.0  # bug
PIXEL_MAX = 1.0  # fix


def psnr(a, b):
    mse = torch.mean((a - b) ** 2).item()
    return 20 * math.log10(255.0 / math.sqrt(mse))  # bug
    return 20 * math.log10(PIXEL_MAX / math.sqrt(mse))  # fix


for epoch in range(4):
    for rows in torch.randperm(160).split(16):
        noisy = clean[rows] + 0.1 * torch.randn_like(clean[rows])
        loss = nn.functional.mse_loss(net(noisy), clean[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, psnr(net(clean[160:] + 0.1 * torch.randn(40, 1, 16, 16)), clean[160:]))
