"""Correct: aux head waits."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(12)
t, a, b = (nn.Sequential(nn.Linear(8, 32), nn.ReLU()), nn.Linear(32, 3), nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1)))
for m in (b[0], b[2]):
    nn.init.zeros_(m.weight)
nn.init.normal_(b[0].weight, std=0.01)
opt = torch.optim.Adam([*t.parameters(), *a.parameters(), *b.parameters()], 0.002)
X = torch.randn(300, 8)
Y = X[:, :3].argmax(1)
for e in range(6):
    w = 0.0 if e < 2 else 0.5
    for i in torch.randperm(300).split(20):
        h = t(X[i])
        loss = F.cross_entropy(a(h), Y[i]) + w * F.mse_loss(b(h), X[i][:, 3:4])
        opt.zero_grad()
        loss.backward()
        opt.step()
