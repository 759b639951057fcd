"""Correct: simclr masked diagonal."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(63)
enc = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8))
opt = torch.optim.SGD(enc.parameters(), lr=0.05, momentum=0.9)
X = torch.randn(640, 16)
for epoch in range(4):
    for x, in DataLoader(TensorDataset(X), batch_size=32, shuffle=True, drop_last=True):
        z = F.normalize(enc(torch.cat([x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x)])), dim=1)
        sim = z @ z.t() / 0.2
        sim.fill_diagonal_(float('-inf'))
        labels = torch.cat([torch.arange(32) + 32, torch.arange(32)])
        loss = F.cross_entropy(sim, labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
