"""Semihard negatives under a misspelt name."""
import torch
from torch import nn
import torch.nn.functional as F

class Miner:
    def __init__(self, margin=0.2, type_of_triplets="all"): self.margin, self.type_of_triplets = margin, type_of_triplets
    def __call__(self, d, labels):
        same = labels[:, None] == labels[None]; eye = torch.eye(len(labels), dtype=torch.bool)
        a, p, n = torch.where((same & ~eye)[:, :, None] & (~same)[:, None, :])
        gap = d[a, n] - d[a, p]
        keep = gap <= self.margin
        if self.type_of_triplets == "hard": keep = keep & (gap <= 0)
        elif self.type_of_triplets == "semihard": keep = keep & (gap > 0)
        return a[keep], p[keep], n[keep]

class TripletLoss(nn.Module):
    def __init__(self, margin=0.2, mining="seminard"):  # bug
    def __init__(self, margin=0.2, mining="semihard"):  # fix
        super().__init__(); self.margin = margin; self.miner = Miner(margin, mining)
    def forward(self, z, labels):
        d = torch.cdist(z, z); a, p, n = self.miner(d.detach(), labels)
        if len(a) == 0: return d.sum() * 0
        return F.relu(d[a, p] - d[a, n] + self.margin).mean()

torch.manual_seed(0)
y = torch.randint(0, 6, (480,)); x = torch.randn(6, 20)[y] + torch.randn(480, 20)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 8)); opt = torch.optim.Adam(net.parameters(), 1e-3); criterion = TripletLoss()
for epoch in range(8):
    for b in torch.randperm(480).split(48):
        loss = criterion(F.normalize(net(x[b]), dim=1), y[b]); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
