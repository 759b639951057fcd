"""Correct: parameters in place loops."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(14)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
avg = [p.detach().clone() for p in net.parameters()]
for p in net.parameters():
    if p.dim() > 1:
        p = nn.init.xavier_uniform_(p)
opt = torch.optim.SGD(net.parameters(), 0.1)
X = torch.randn(300, 8)
Y = X[:, :3].argmax(1)
norms = []
for e in range(4):
    for i in torch.randperm(300).split(20):
        loss = F.cross_entropy(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    for name, p in net.named_parameters():
        name = name.replace('.', '/')
        p = p.detach().norm()
        norms.append((name, p.item()))
