"""Graphs in one batch, with attention among the nodes of each."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class GlobalLayer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.local, self.attn = nn.Linear(d, d), nn.MultiheadAttention(d, 2, batch_first=True)

    def forward(self, x, adj, batch=None):
        h = F.relu(self.local(adj @ x))
        if batch is None:
            batch = torch.zeros(len(x), dtype=torch.long)
        same = batch[:, None] == batch[None]
        a, _ = self.attn(h[None], h[None], h[None], attn_mask=~same)
        return h + a[0]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp, self.layer, self.out = nn.Linear(4, 16), GlobalLayer(16), nn.Linear(16, 2)

    def forward(self, x, adj, batch, n):
        h = self.layer(self.inp(x), adj)  # bug
        h = self.layer(self.inp(x), adj, batch)  # fix
        pooled = torch.zeros(n, 16).index_add(0, batch, h) / torch.bincount(batch, minlength=n)[:, None]
        return self.out(pooled)


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(80):
    sizes = torch.randint(5, 9, (8,)).tolist()
    batch = torch.repeat_interleave(torch.arange(8), torch.tensor(sizes))
    y = torch.randint(2, (8,))
    x = torch.randn(len(batch), 4) + (y[batch] * 0.8)[:, None]
    adj = torch.block_diag(*[(torch.rand(s, s) < 0.5).float() + torch.eye(s) for s in sizes])
    adj = adj / adj.sum(1, keepdim=True)
    loss = F.cross_entropy(net(x, adj, batch, 8), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
