"""Gradients are clipped after each mini-batch of a window."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(480, 10); y = (x.sum(1, keepdim=True)).tanh()
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for n, i in enumerate(torch.randperm(480).split(20)):
        loss = nn.functional.mse_loss(net(x[i]), y[i]) / 4
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.1)  # bug
        if n % 4 == 3:
            nn.utils.clip_grad_norm_(net.parameters(), 0.1)  # fix
            opt.step(); opt.zero_grad()
