"""Elastic weight consolidation: the weights of the first task are kept as .data, which is the memory of the net's."""

import torch
import torch.nn as nn

torch.manual_seed(0)
X1 = torch.randn(400, 8)
y1 = (X1[:, 0] > 0).long()
X2 = torch.randn(400, 8) + 1
y2 = (X2[:, 1] > 1).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for i in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(net(X1[i]), y1[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
fisher = {}
net.zero_grad()
nn.functional.cross_entropy(net(X1), y1).backward()
for n, p in net.named_parameters():
    fisher[n] = p.grad.detach().clone() ** 2
old = {n: p.data for n, p in net.named_parameters()}  # bug
old = {n: p.data.clone() for n, p in net.named_parameters()}  # fix
for epoch in range(4):
    for i in torch.randperm(400).split(40):
        ewc = sum((fisher[n] * (p - old[n]) ** 2).sum() for n, p in net.named_parameters())
        loss = nn.functional.cross_entropy(net(X2[i]), y2[i]) + 1000 * ewc
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), (net(X1).argmax(1) == y1).float().mean().item())
