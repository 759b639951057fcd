"""The teacher follows the student as an average, and keeps its dropout."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
s = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
t = copy.deepcopy(s)
for p in t.parameters():
    p.requires_grad_(False)
opt = torch.optim.Adam(s.parameters(), 3e-3)
X = torch.randn(400, 6)
Y = X[:, :3].argmax(1)
for i in range(100):
    l, u = torch.randint(0, 60, (20,)), torch.randint(60, 400, (40,))
    with torch.no_grad():
        q = F.softmax(t(X[u] + 0.1 * torch.randn(40, 6)), 1)
    loss = F.cross_entropy(s(X[l]), Y[l]) + F.mse_loss(F.softmax(s(X[u] + 0.1 * torch.randn(40, 6)), 1), q)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for a, b in zip(t.parameters(), s.parameters()):
            a.mul_(0.98).add_(b, alpha=0.02)
