"""Sizes of objects, their errors relative to what the net predicts."""

import torch
from torch import nn

torch.manual_seed(0)


def dim_aware_l1_loss(pred, target, dimension):
    dimension = dimension.clone().detach()
    loss = torch.abs(pred - target)
    loss = loss / dimension  # bug
    loss = loss / dimension.abs().clamp(min=0.1)  # fix
    with torch.no_grad():
        weight = nn.functional.l1_loss(pred, target) / loss.abs().mean()
    return (loss * weight).mean()


x = torch.randn(1024, 12)
w = torch.randn(12, 3) * 0.2
size = 1.5 + x @ w
net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    total = 0.0
    for idx in torch.randperm(1024).split(64):
        pred = net(x[idx])
        loss = dim_aware_l1_loss(pred, size[idx], pred)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, total / 16, (net(x) - size).abs().mean().item())
