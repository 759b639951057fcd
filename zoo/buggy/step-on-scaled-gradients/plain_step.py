"""The optimiser steps by itself after the backward pass of a scaled loss."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(512, 16); y = (x[:, 0] + x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9); scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
for epoch in range(3):
    for i in torch.randperm(512).split(64):
        opt.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16): loss = nn.functional.cross_entropy(net(x[i]), y[i])
        scaler.scale(loss).backward()
        opt.step()  # bug
        scaler.step(opt)  # fix
        scaler.update()  # fix
