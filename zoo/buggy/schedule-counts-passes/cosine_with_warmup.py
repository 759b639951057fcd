"""A cosine by hand that is asked with each of four passes."""
import math
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(1280, 8); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
epochs, accumulate, batch = 6, 4, 32
updates = epochs * (1280 // batch) // accumulate
warmup = updates // 10
def rate(step):
    if step < warmup: return 3e-3 * (step + 1) / warmup
    done = min(1.0, (step - warmup) / (updates - warmup))
    return 3e-3 * 0.5 * (1 + math.cos(math.pi * done))
step = 0
for epoch in range(epochs):
    for i, rows in enumerate(torch.randperm(1280).split(batch)):
        for group in opt.param_groups: group["lr"] = rate(step)
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]) / accumulate
        loss.backward()
        step += 1  # bug
        if (i + 1) % accumulate == 0:
            opt.step(); opt.zero_grad()
            step += 1  # fix
    print(epoch, loss.item() * accumulate)
