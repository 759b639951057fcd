"""Correct: cyclic lr."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(67)
X = torch.randn(400, 6)
Y = X[:, :1]
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
sched = torch.optim.lr_scheduler.CyclicLR(opt, base_lr=0.001, max_lr=0.05, step_size_up=5)
for epoch in range(5):
    for i in torch.randperm(400).split(20):
        loss = F.mse_loss(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
