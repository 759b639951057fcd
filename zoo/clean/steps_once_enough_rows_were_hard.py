"""Gradients are gathered until 96 rows were hard, however many batches that takes, and zeroed after each step."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(1600, 12)
y = (x[:, :3].sum(1) + 0.2 * torch.randn(1600) > 0).float()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
optimiser.zero_grad()
hard_rows, steps = 0, 0
for epoch in range(14):
    total = 0.0
    for features, kind in DataLoader(TensorDataset(x[:1200], y[:1200]), batch_size=30, shuffle=True):
        losses = nn.functional.binary_cross_entropy_with_logits(net(features).squeeze(1), kind, reduction="none")
        hard = losses.detach() > 0.2
        total += losses.mean().item() / 40
        if hard.any():
            (losses[hard].sum() / 96).backward()
            hard_rows += int(hard.sum())
        if hard_rows >= 96:
            optimiser.step()
            optimiser.zero_grad()
            hard_rows, steps = 0, steps + 1
    print(epoch, steps, round(total, 3))
with torch.no_grad():
    print(((net(x[1200:]).squeeze(1) > 0) == (y[1200:] > 0)).float().mean().item())
