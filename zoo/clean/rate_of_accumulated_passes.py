"""Correct: gradients of several passes are summed, and the rate is divided by their number."""
import torch
from torch import nn
torch.manual_seed(4)
x = torch.randn(640, 10); y = (x[:, :2].sum(1) > 0).long(); accumulate = 4
net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 2)); opt = torch.optim.SGD(net.parameters(), lr=0.2 / accumulate)
for epoch in range(2):
    for at, rows in enumerate(torch.randperm(640).split(16)):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); loss.backward()
        if at % accumulate == accumulate - 1:
            nn.utils.clip_grad_norm_(net.parameters(), 5.0); opt.step(); opt.zero_grad()
