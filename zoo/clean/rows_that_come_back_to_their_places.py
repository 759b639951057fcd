"""Attention over edges, whose sums are taken at the receiver again, and tokens that experts give back to their places."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
NODES = 60


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.value, self.score = nn.Linear(8, 8), nn.Linear(16, 1)

    def forward(self, x, edges):
        src, dst = edges
        h = self.value(x)
        weight = self.score(torch.cat([h[src], h[dst]], 1)).exp()
        total = torch.zeros(len(x), 1).index_add(0, dst, weight)
        share = weight / total[dst]
        spread = torch.zeros(len(x), 8).index_add(0, dst, (h[src] - h[dst]).square())
        again = torch.zeros(len(x), 8).index_add(0, src, h[dst] * share)  # the way back
        return x + torch.zeros(len(x), 8).index_add(0, dst, share * h[src]) + again - 0.01 * spread


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(8, 3)
        self.experts = nn.ModuleList(nn.Linear(8, 8) for _ in range(3))

    def forward(self, x):
        share, chosen = self.gate(x).softmax(1).topk(2)
        out = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            row, place = (chosen == number).nonzero(as_tuple=True)
            out = out.index_add(0, row, expert(x[row]) * share[row, place, None])
        noisy = torch.arange(len(x)).repeat_interleave(2)  # two noisy copies of each row, whose mean it gets
        return out + torch.zeros_like(x).index_add(0, noisy, torch.tanh(x[noisy] + 0.1 * torch.randn(len(noisy), 8))) / 2


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.experts, self.head = Attention(), Experts(), nn.Linear(8, 2)

    def forward(self, x, edges):
        return self.head(self.experts(self.attention(x, edges)))


x = torch.randn(NODES, 8)
edges = torch.randint(0, NODES, (2, 240))
y = (torch.zeros(NODES).index_add(0, edges[1], x[edges[0], 0]) > 0).long()
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(30):
    loss = F.cross_entropy(net(x, edges), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
