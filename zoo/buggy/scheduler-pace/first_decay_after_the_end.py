"""level: notice. The rate is to fall after 30 epochs, and there are ten."""

import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(640, 8)
y = (X[:, 0] * X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(net.parameters(), 5e-2)
sched = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)  # bug
sched = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.1)  # fix
for epoch in range(10):
    for i in torch.randperm(640).split(32):
        loss = nn.functional.cross_entropy(net(X[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    sched.step()
    print(epoch, loss.item(), sched.get_last_lr())
