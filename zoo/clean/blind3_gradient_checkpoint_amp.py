"""Correct: gradient checkpoint amp."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint
torch.manual_seed(74)

class Deep(nn.Module):

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(16, 16), nn.GELU()) for _ in range(4)])
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        for b in self.blocks:
            x = x + checkpoint(b, x, use_reentrant=False)
        return self.head(x)
net = Deep()
opt = torch.optim.AdamW(net.parameters(), lr=0.001)
X = torch.randn(300, 16)
Y = X[:, :3].argmax(1)
for epoch in range(4):
    for i in torch.randperm(300).split(20):
        with torch.autocast('cpu', torch.bfloat16):
            loss = F.cross_entropy(net(X[i]).float(), Y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
