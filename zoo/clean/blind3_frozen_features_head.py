"""Correct: frozen features head."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(70)
backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten()).eval()
for p in backbone.parameters():
    p.requires_grad_(False)
head = nn.Linear(32, 3)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
X = torch.rand(200, 3, 12, 12)
Y = X.mean((2, 3)).argmax(1)
with torch.no_grad():
    feats = torch.cat([backbone(b) for b in X.split(50)])
for epoch in range(8):
    for x, y in DataLoader(TensorDataset(feats, Y), batch_size=20, shuffle=True):
        loss = F.cross_entropy(head(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
