"""Correct: early stop of onecycle."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(68)
X = torch.randn(640, 6)
Y = (X.sum(1) > 0).float()
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
opt = torch.optim.AdamW(net.parameters())
loader = DataLoader(TensorDataset(X[:512], Y[:512]), batch_size=32, shuffle=True)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, 0.005, total_steps=60 * len(loader))
best, bad = (9000000000.0, 0)
for epoch in range(60):
    net.train()
    for x, y in loader:
        loss = F.binary_cross_entropy_with_logits(net(x)[:, 0], y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
    net.eval()
    with torch.no_grad():
        v = F.binary_cross_entropy_with_logits(net(X[512:])[:, 0], Y[512:]).item()
    if v < best - 0.001:
        best, bad = (v, 0)
    else:
        bad += 1
        if bad == 2:
            break
    if epoch == 9:
        break
