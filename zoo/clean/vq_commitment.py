"""Straight through the nearest code, whose own loss is detached on both sides."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
enc, dec, cb = nn.Linear(10, 6), nn.Linear(6, 10), nn.Embedding(16, 6)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *cb.parameters()], 3e-3)
X = torch.randn(400, 10)
for ep in range(8):
    for b in torch.randperm(400).split(40):
        z = enc(X[b])
        q = cb(torch.cdist(z, cb.weight).argmin(1))
        loss = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())
        q = z + (q - z).detach()
        loss = loss + F.mse_loss(dec(q), X[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
