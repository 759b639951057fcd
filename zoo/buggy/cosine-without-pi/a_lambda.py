"""LambdaLR with half a cosine."""
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
epochs = 12
x = torch.randn(300, 5)
y = (x[:, 0] > x[:, 1]).long()
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: (1 + np.cos(e / epochs)) / 2)  # bug
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: (1 + np.cos(np.pi * e / epochs)) / 2)  # fix
for epoch in range(epochs):
    for rows in torch.randperm(300).split(30):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    sched.step()
