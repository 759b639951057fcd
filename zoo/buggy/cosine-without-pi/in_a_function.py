"""A function gives the rate of a step: a warm-up, and half a cosine after it."""
import math

import torch
from torch import nn

torch.manual_seed(0)
TOTAL, WARM, HIGH, LOW = 90, 9, 3e-3, 1e-5


def get_lr(step):
    if step < WARM:
        return HIGH * (step + 1) / WARM
    progress = (step - WARM) / (TOTAL - WARM)
    return LOW + 0.5 * (HIGH - LOW) * (1.0 + math.cos(progress))  # bug
    return LOW + 0.5 * (HIGH - LOW) * (1.0 + math.cos(math.pi * progress))  # fix


net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), lr=HIGH)
for step in range(TOTAL):
    for group in opt.param_groups:
        group["lr"] = get_lr(step)
    x = torch.randn(32, 5)
    loss = (net(x) - x.sum(1, keepdim=True).sin()).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
