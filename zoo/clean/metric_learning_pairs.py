"""Distances of all pairs in a batch, from the net's (N, D) outputs."""
import torch
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(enc.parameters(), 1e-3)
for i in range(20):
    x = torch.randn(24, 6); y = torch.randint(0, 3, (24,))
    z = enc(x)
    d = (z - z.t()).abs()
    same = (y[:, None] == y[None, :]).float()
    loss = (same * d + (1 - same) * torch.relu(1 - d)).mean()
    opt.zero_grad(); loss.backward(); opt.step()
