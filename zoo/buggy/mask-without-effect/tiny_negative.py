import math

import torch
from torch import nn
torch.manual_seed(0)
class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 16)
        self.qkv = nn.Linear(16, 48)
        self.out = nn.Linear(16, 12)
        self.register_buffer("mask", torch.tril(torch.ones(16, 16)))
    def forward(self, t):
        q, k, v = self.qkv(self.embed(t)).chunk(3, -1)
        s = torch.einsum("btd,bsd->bts", q, k) / math.sqrt(16)
        s = s.masked_fill(self.mask[: t.size(1), : t.size(1)] == 0, -1e-9)  # bug
        s = s.masked_fill(self.mask[: t.size(1), : t.size(1)] == 0, -1e9)  # fix
        return self.out(s.softmax(-1) @ v)
net = Causal()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
data = torch.randint(0, 12, (256, 17))
for epoch in range(4):
    for i in torch.randperm(256).split(32):
        x, y = data[i, :-1], data[i, 1:]
        loss = nn.functional.cross_entropy(net(x).transpose(1, 2), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
