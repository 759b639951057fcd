"""Correct: dual softmax matching."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(4)
enc = nn.Linear(8, 16)
opt = torch.optim.Adam(enc.parameters(), 0.001)
X = torch.randn(200, 6, 8)
for e in range(4):
    for i in torch.randperm(200).split(20):
        a, b = (enc(X[i]), enc(X[i] + 0.1 * torch.randn(20, 6, 8)))
        s = a @ b.transpose(1, 2) / 4
        p = s.softmax(1) * s.softmax(2)
        loss = -p.diagonal(dim1=1, dim2=2).clamp(min=1e-06).log().mean()
        warped = p @ X[i]
        loss = loss + 0.1 * F.mse_loss(warped, X[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
