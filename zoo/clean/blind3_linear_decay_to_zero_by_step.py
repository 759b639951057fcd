"""Correct: linear decay to zero by step."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(22)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.AdamW(net.parameters(), 0.01)
N = 80
s = torch.optim.lr_scheduler.LambdaLR(opt, lambda k: min((k + 1) / 8, (N - k) / (N - 8)))
X = torch.randn(400, 6)
Y = (X[:, 0] > 0).long()
for e in range(4):
    for i in torch.randperm(400).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
        s.step()
