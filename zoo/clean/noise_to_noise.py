"""Noise2Noise: two noisy copies of the same rows, one is the input and the other one the target."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(500, 4) @ torch.randn(4, 30)
net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 30))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(6):
    for rows in torch.randperm(500).split(50):
        noisy = x[rows] + 0.3 * torch.randn(len(rows), 30)
        noisy_too = x[rows] + 0.3 * torch.randn(len(rows), 30)
        restored = net(noisy)
        taken_away = (noisy - restored).pow(2).mean().item()
        loss = nn.functional.mse_loss(restored, noisy_too)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item(), taken_away)
