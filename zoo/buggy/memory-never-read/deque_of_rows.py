"""A stream whose meaning drifts; rows of before are to be mixed into each batch."""

import random
from collections import deque

import torch
from torch import nn

torch.manual_seed(13)
random.seed(13)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
replay_memory = deque(maxlen=400)
recent = []
truth = torch.randn(6)
for step in range(100):
    truth = truth + 0.05 * torch.randn(6)
    x = torch.randn(16, 6)
    y = x @ truth
    recent = list(zip(x, y))
    loss = nn.functional.mse_loss(net(x).squeeze(1), y)
    if step > 10:
        old = random.sample(recent, 8)  # bug
        old = random.sample(list(replay_memory), 8)  # fix
        x_old, y_old = (torch.stack(each) for each in zip(*old))
        loss = loss + nn.functional.mse_loss(net(x_old).squeeze(1), y_old)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    replay_memory.extend(zip(x, y))
    if step % 25 == 0:
        print(step, loss.item())
