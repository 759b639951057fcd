"""Epsilon is the probability of the greedy action here, and it rises; another one is the share of random actions."""
import random

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
epsilon, kept, s = 0.1, [], torch.randn(4)
for t in range(200):
    if random.random() > epsilon:
        a = random.randrange(3)
    else:
        with torch.no_grad():
            a = int(net(s).argmax())
    epsilon = min(0.95, epsilon + 0.01)
    s2 = 0.95 * s + 0.2 * (a - 1) + 0.05 * torch.randn(4)
    kept.append((s, torch.tensor(a), -s2.abs().sum(), s2))
    s = s2
    if t > 32:
        S, A, R, S2 = (torch.stack(each) for each in zip(*random.sample(kept, 32)))
        with torch.no_grad():
            y = R + 0.9 * net(S2).max(1).values
        loss = (net(S)[torch.arange(32), A] - y).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
