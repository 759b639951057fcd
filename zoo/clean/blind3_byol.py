"""Correct: byol."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import copy
torch.manual_seed(62)
enc = nn.Sequential(nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 16))
pred = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
tgt = copy.deepcopy(enc)
for p in tgt.parameters():
    p.requires_grad_(False)
opt = torch.optim.Adam([*enc.parameters(), *pred.parameters()], lr=0.001)
X = torch.randn(500, 20)
for epoch in range(3):
    for x, in DataLoader(TensorDataset(X), batch_size=25, shuffle=True):
        a, b = (x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x))
        with torch.no_grad():
            ta, tb = (tgt(a), tgt(b))
        loss = 4 - 2 * F.cosine_similarity(pred(enc(a)), tb).mean() - 2 * F.cosine_similarity(pred(enc(b)), ta).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            for t, s in zip(tgt.parameters(), enc.parameters()):
                t.mul_(0.99).add_(s, alpha=0.01)
