"""Correct: arcface."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(76)

class Arc(nn.Module):

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(5, 8))

    def forward(self, e, y):
        cos = F.linear(F.normalize(e), F.normalize(self.w)).clamp(-1 + 1e-06, 1 - 1e-06)
        m = torch.cos(torch.acos(cos) + 0.2)
        return F.cross_entropy(16 * torch.where(F.one_hot(y, 5).bool(), m, cos), y)
emb, arc = (nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8)), Arc())
opt = torch.optim.SGD([*emb.parameters(), *arc.parameters()], lr=0.05, momentum=0.9)
Y = torch.arange(500) % 5
X = torch.randn(500, 12) + F.one_hot(Y, 12) * 2
for epoch in range(4):
    for x, y in DataLoader(TensorDataset(X, Y), batch_size=25, shuffle=True):
        loss = arc(emb(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
