"""Velocities, each with a squared error relative to its size."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(7)
net = nn.Sequential(nn.Linear(5, 64), nn.Tanh(), nn.Linear(64, 3))
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
matrix = torch.randn(5, 3)
for step in range(120):
    state = torch.randn(64, 5)
    velocity = state @ matrix
    error = F.mse_loss(net(state), velocity, reduction="none")
    loss = (error / velocity.clamp(-3, 3)).sum(1).mean()  # bug
    loss = (error / (0.1 + velocity.abs())).sum(1).mean()  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 30 == 0:
        print(step, loss.item())
