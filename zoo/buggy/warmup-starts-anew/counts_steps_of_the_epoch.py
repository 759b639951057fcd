"""The warm-up is counted in the steps of an epoch."""

import torch
import torch.nn as nn

torch.manual_seed(0)
X = torch.randn(640, 8)
y = (X[:, 0] * X[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
base, warm, gstep = 1e-2, 15, 0
for epoch in range(8):
    for step, i in enumerate(torch.randperm(640).split(32)):
        it = step  # bug
        it = gstep  # fix
        lr = base * (it + 1) / warm if it < warm else base
        for g in optimizer.param_groups:
            g["lr"] = lr
        loss = nn.functional.cross_entropy(net(X[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        gstep += 1
    print(epoch, loss.item())
