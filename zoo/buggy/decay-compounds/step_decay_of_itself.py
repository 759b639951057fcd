"""The rate of the step before is multiplied with the factor of all epochs so far."""

import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(600, 8)
y = (X[:, 0] * X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
LR = 0.05
optimizer = torch.optim.SGD(net.parameters(), LR, momentum=0.9)


def adjust_learning_rate(optimizer, epoch):
    for g in optimizer.param_groups:
        g["lr"] = g["lr"] * (0.1 ** (epoch // 4))  # bug
        g["lr"] = LR * (0.1 ** (epoch // 4))  # fix


for epoch in range(12):
    adjust_learning_rate(optimizer, epoch)
    for i in torch.randperm(600).split(40):
        loss = nn.functional.cross_entropy(net(X[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, optimizer.param_groups[0]["lr"], loss.item())
