"""Correct: sigmoid gan zero one."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(16)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 64), nn.Sigmoid())
D = nn.Sequential(nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = (torch.optim.Adam(G.parameters(), 0.0002), torch.optim.Adam(D.parameters(), 0.0002))
X = torch.rand(400, 64)
for e in range(3):
    for i in torch.randperm(400).split(20):
        f = G(torch.randn(20, 8))
        l = F.binary_cross_entropy_with_logits(D(X[i]), torch.full((20, 1), 0.9)) + F.binary_cross_entropy_with_logits(D(f.detach()), torch.zeros(20, 1))
        od.zero_grad()
        l.backward()
        od.step()
        l = F.binary_cross_entropy_with_logits(D(f), torch.ones(20, 1))
        og.zero_grad()
        l.backward()
        og.step()
