"""A scheduler steps at the end of the function of an epoch, and in the loop over epochs as well."""

import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(640, 8)
y = (X[:, 0] * X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(net.parameters(), 5e-2)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)


def train_epoch():
    for i in torch.randperm(640).split(32):
        loss = nn.functional.cross_entropy(net(X[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    sched.step()  # bug
    return loss.item()


for epoch in range(10):
    l = train_epoch()
    sched.step()
    print(epoch, l, sched.get_last_lr())
