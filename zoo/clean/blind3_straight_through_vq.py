"""Correct: straight through vq."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(77)
enc, dec = (nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 4)), nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 10)))
book = nn.Embedding(16, 4)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *book.parameters()], lr=0.002)
X = torch.randn(500, 10) @ torch.randn(10, 10) * 0.3
for epoch in range(4):
    for i in torch.randperm(500).split(25):
        z = enc(X[i])
        k = torch.cdist(z, book.weight).argmin(1)
        q = book(k)
        loss = F.mse_loss(q, z.detach()) + 0.25 * F.mse_loss(z, q.detach())
        q = z + (q - z).detach()
        loss = loss + F.mse_loss(dec(q), X[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
