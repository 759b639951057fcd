"""Gradients are multiplied by a number below 1 after each step, and the next pass adds to them: momentum without a buffer."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(400, 6); y = (x[:, 0] + x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
for epoch in range(6):
    for i in torch.randperm(400).split(40):
        nn.functional.cross_entropy(net(x[i]), y[i]).backward()
        with torch.no_grad():
            for p in net.parameters(): p -= 0.02 * p.grad; p.grad *= 0.8
    print((net(x).argmax(1) == y).float().mean().item())
