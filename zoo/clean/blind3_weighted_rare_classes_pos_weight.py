"""Correct: weighted rare classes pos weight."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(23)
Y = (torch.rand(800) < 0.15).float()
X = torch.randn(800, 6) + Y[:, None]
net = nn.Linear(6, 1)
opt = torch.optim.SGD(net.parameters(), 0.1)
pw = (1 - Y.mean()) / Y.mean()
for e in range(3):
    for i in torch.randperm(800).split(40):
        loss = F.binary_cross_entropy_with_logits(net(X[i])[:, 0], Y[i], pos_weight=pw)
        opt.zero_grad()
        loss.backward()
        opt.step()
