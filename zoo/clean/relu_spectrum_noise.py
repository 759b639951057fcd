"""Targets are spectra with noise about their lower edge."""

import torch
from torch import nn

torch.manual_seed(0)
grid = torch.linspace(0, 1, 60)
net = nn.Sequential(nn.Linear(60, 64), nn.ReLU(), nn.Linear(64, 60), nn.Softplus())
opt = torch.optim.Adam(net.parameters(), 3e-3)
for i in range(100):
    m = torch.rand(32, 1)
    s = 5 * torch.exp(-(((grid - m) / 0.05) ** 2))
    loss = nn.functional.mse_loss(net(s + 0.3 * torch.randn(32, 60)), s + 0.3 * torch.randn(32, 60))
    opt.zero_grad()
    loss.backward()
    opt.step()
