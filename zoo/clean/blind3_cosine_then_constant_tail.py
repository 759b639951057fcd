"""Correct: cosine then constant tail."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(21)
net = nn.Linear(6, 2)
opt = torch.optim.SGD(net.parameters(), 0.1)
s = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 6, eta_min=0.001)
X = torch.randn(200, 6)
Y = (X[:, 0] > 0).long()
for e in range(6):
    for i in torch.randperm(200).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    s.step()
