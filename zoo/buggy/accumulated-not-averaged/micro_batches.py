"""Eight small batches make a step, and their means are summed."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(1024, 10); y = (x[:, :2].sum(1) > 0).long(); accumulate = 8
net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 2)); opt = torch.optim.SGD(net.parameters(), 0.05)
for epoch in range(4):
    for at, rows in enumerate(torch.randperm(1024).split(16)):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()  # bug
        (loss / accumulate).backward()  # fix
        if at % accumulate == accumulate - 1: opt.step(); opt.zero_grad()
