"""Nodes are linked by edges (2, E), in a dataclass: the net's one argument."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Data:
    x: torch.Tensor
    edge_index: torch.Tensor
    y: torch.Tensor


class Sage(nn.Module):
    def __init__(self):
        super().__init__()
        self.s1, self.n1, self.s2, self.n2 = (
            nn.Linear(6, 16),
            nn.Linear(6, 16),
            nn.Linear(16, 2),
            nn.Linear(16, 2),
        )

    def agg(self, x, e):
        out = torch.zeros_like(x)
        out.index_add_(0, e[1], x[e[0]])
        deg = torch.bincount(e[1], minlength=len(x)).clamp(min=1)
        return out / deg[:, None]

    def forward(self, d):
        h = F.relu(self.s1(d.x) + self.n1(self.agg(d.x, d.edge_index)))
        return self.s2(h) + self.n2(self.agg(h, d.edge_index))


torch.manual_seed(0)


def make(n=50):
    x = torch.randn(n, 6)
    e = torch.randint(0, n, (2, 4 * n))
    s = torch.zeros(n, 6)
    s.index_add_(0, e[1], x[e[0]])
    return Data(x, e, (s[:, 0] > 0).long())


gs = [make() for _ in range(10)]
net = Sage()
opt = torch.optim.Adam(net.parameters(), 1e-2)
for ep in range(8):
    for g in gs:
        loss = F.cross_entropy(net(g), g.y)
        opt.zero_grad()
        loss.backward()
        opt.step()
