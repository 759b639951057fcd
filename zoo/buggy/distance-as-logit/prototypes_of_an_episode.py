"""Prototypes: squared distances are the logits of the loss."""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
centers = torch.randn(20, 16) * 2
enc = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
optimizer = torch.optim.Adam(enc.parameters(), 2e-3)
for epoch in range(120):
    cls = torch.randperm(20)[:5]
    sup = centers[cls][:, None] + torch.randn(5, 3, 16)
    qry = centers[cls][:, None] + torch.randn(5, 4, 16)
    proto = enc(sup.reshape(15, 16)).view(5, 3, 16).mean(1)
    q = enc(qry.reshape(20, 16))
    d = torch.cdist(q, proto) ** 2
    target = torch.arange(5).repeat_interleave(4)
    loss = F.cross_entropy(d, target)  # bug
    loss = F.cross_entropy(-d, target)  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 30 == 0:
        print(epoch, loss.item(), (d.argmin(1) == target).float().mean().item())
