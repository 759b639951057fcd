import math

import torch
from torch import nn
torch.manual_seed(0)
class Attend(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16, padding_idx=0)
        self.q, self.k, self.v = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)
        self.out = nn.Linear(16, 2)
    def forward(self, t):
        h = self.embed(t)
        scores = self.q(h) @ self.k(h).transpose(1, 2) / math.sqrt(16)
        mask = (t != 0)[:, None, :]
        scores = scores.masked_fill(mask == 0, 0)  # bug
        scores = scores.masked_fill(mask == 0, -1e9)  # fix
        h = scores.softmax(-1) @ self.v(h)
        return self.out(h[:, 0])
net = Attend()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randint(1, 20, (256, 9))
lengths = torch.randint(3, 10, (256,))
x[torch.arange(9)[None] >= lengths[:, None]] = 0
y = (x[:, 0] > x[:, 1]).long()
for epoch in range(3):
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
