"""Targets are images with noise: in the dark, half of them are below 0, and the output is a sigmoid."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1), nn.Sigmoid())
opt = torch.optim.Adam(net.parameters(), 5e-3)
for i in range(70):
    clean = torch.zeros(8, 1, 16, 16)
    for k in range(8):
        r, c = torch.randint(0, 11, (2,)).tolist()
        clean[k, 0, r : r + 5, c : c + 5] = 0.8
    a, b = clean + 0.1 * torch.randn_like(clean), clean + 0.1 * torch.randn_like(clean)
    loss = nn.functional.mse_loss(net(a), b)
    opt.zero_grad()
    loss.backward()
    opt.step()
