"""Correct: lagged feature forecast."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(26)
s = torch.cumsum(torch.randn(1200) * 0.3, 0)
s = (s - s.mean()) / s.std()
X = torch.stack([s[i:i + 12] for i in range(1100)])
Y = torch.stack([s[i + 12:i + 13] for i in range(1100)])
net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.Adam(net.parameters(), 0.001)
for e in range(2):
    for i in torch.randperm(1100).split(44):
        loss = F.mse_loss(net(X[i]), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
