"""Attention of several heads by hand: the mask says which words to keep, and these are filled."""
import math
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
PAD = 0

class SelfAttention(nn.Module):
    def __init__(self, dim, heads=4):
        super().__init__()
        self.heads, self.d = heads, dim // heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))

    def forward(self, x, mask):
        B, T, D = x.shape
        q, k, v = (f(x).view(B, T, self.heads, self.d).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d)
        scores = scores.masked_fill(mask[:, None, None, :], -1e9)  # bug
        scores = scores.masked_fill(~mask[:, None, None, :], -1e9)  # fix
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, D))

class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(40, 32, padding_idx=PAD)
        self.pos = nn.Embedding(16, 32)
        self.att = SelfAttention(32)
        self.norm = nn.LayerNorm(32)
        self.head = nn.Linear(32, 3)

    def forward(self, ids):
        keep = ids != PAD
        h = self.emb(ids) + self.pos(torch.arange(ids.size(1)))
        h = self.norm(h + self.att(h, keep))
        w = keep.unsqueeze(-1).float()
        return self.head((h * w).sum(1) / w.sum(1))

ids = torch.randint(1, 40, (480, 16)); lengths = torch.randint(4, 17, (480, 1))
ids = ids * (torch.arange(16) < lengths)
y = (ids == 7).any(1).long() + (ids > 30).any(1).long()
net = Classifier(); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    for rows in torch.randperm(400).split(40):
        loss = F.cross_entropy(net(ids[rows]), y[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        print(epoch, loss.item(), (net(ids[400:]).argmax(1) == y[400:]).float().mean().item())
