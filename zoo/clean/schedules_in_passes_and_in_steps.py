"""Rates by hand under accumulation: by passes of which there are as many, by steps, and down early where nothing is added up."""
import math

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(960, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
EPOCHS, PARTS, PASSES = 6, 4, 960 // 20


def train(rate_of, parts):
    net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 2))
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
    passes = steps = 0
    for epoch in range(EPOCHS):
        for at, rows in enumerate(torch.randperm(960).split(20)):
            (nn.functional.cross_entropy(net(x[rows]), y[rows]) / parts).backward()
            passes += 1
            if passes % parts == 0:
                for group in opt.param_groups:
                    group["lr"] = rate_of(passes, steps)
                opt.step()
                opt.zero_grad()
                steps += 1


total = EPOCHS * PASSES
train(lambda passes, steps: 3e-3 * (1 - passes / total) + 1e-5, PARTS)
train(lambda passes, steps: 3e-3 * 0.5 * (1 + math.cos(math.pi * steps / (total // PARTS))), PARTS)
train(lambda passes, steps: max(3e-5, 3e-3 * (1 - steps / (total // PARTS))), 1)
