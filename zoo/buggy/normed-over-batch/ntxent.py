"""Vectors of two views are normalised over the batch before their similarities."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(384, 16)
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 24)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for i in torch.randperm(384).split(48):
        a, b = (net(x[i] + 0.3 * torch.randn(len(i), 16)) for _ in range(2))
        a, b = F.normalize(a, dim=0), F.normalize(b, dim=0)  # bug
        a, b = F.normalize(a, dim=1), F.normalize(b, dim=1)  # fix
        loss = F.cross_entropy(a @ b.T / 0.1, torch.arange(len(i)))
        opt.zero_grad(); loss.backward(); opt.step()
