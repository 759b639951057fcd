"""Correct: noise2noise."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(82)
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), lr=0.002)
clean = F.avg_pool2d(torch.rand(120, 1, 20, 20), 5, 1, 2)
for epoch in range(6):
    for i in torch.randperm(120).split(12):
        c = clean[i]
        a, b = (c + 0.1 * torch.randn_like(c), c + 0.1 * torch.randn_like(c))
        loss = F.mse_loss(net(a), b)
        opt.zero_grad()
        loss.backward()
        opt.step()
