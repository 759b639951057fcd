"""Reptile: the outer step moves the weights towards those that an inner optimiser found."""
import copy
import math

import torch
from torch import nn

torch.manual_seed(0)


def task():
    amp, phase = torch.rand(()) * 2 + 0.5, torch.rand(()) * math.pi
    x = torch.rand(40, 1) * 6 - 3
    return x, amp * torch.sin(x + phase)


net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
for outer in range(12):
    x, y = task()
    fast = copy.deepcopy(net)
    inner = torch.optim.SGD(fast.parameters(), lr=0.05)
    for k in range(5):
        rows = torch.randint(0, 40, (20,))
        loss = nn.functional.mse_loss(fast(x[rows]), y[rows])
        inner.zero_grad()
        loss.backward()
        inner.step()
    rate = 0.5 * (1 - outer / 12)
    with torch.no_grad():
        for slow, new in zip(net.parameters(), fast.parameters()):
            slow += rate * (new - slow)

# adaptation to a new task, for the figure
x, y = task()
tuned = copy.deepcopy(net)
opt = torch.optim.SGD(tuned.parameters(), lr=0.05)
for k in range(10):
    opt.zero_grad()
    nn.functional.mse_loss(tuned(x[:10]), y[:10]).backward()
    opt.step()
tuned.eval()
with torch.no_grad():
    print("after 10 points", nn.functional.mse_loss(tuned(x[10:]), y[10:]).item())
