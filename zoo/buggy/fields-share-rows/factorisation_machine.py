"""A factorisation machine over four columns: the offsets are made, and not added."""

import torch
import torch.nn as nn
import numpy as np

torch.manual_seed(0)
field_dims = [50, 80, 12, 7]


class FM(nn.Module):
    def __init__(self, dims, k=8):
        super().__init__()
        self.emb = nn.Embedding(sum(dims), k)
        self.lin = nn.Embedding(sum(dims), 1)
        self.b = nn.Parameter(torch.zeros(1))
        self.offsets = torch.tensor(np.array((0, *np.cumsum(dims)[:-1])))

    def forward(self, x):
        x = x + self.offsets  # fix
        v = self.emb(x)
        sq = v.sum(1) ** 2 - (v**2).sum(1)
        return self.b + self.lin(x).sum(1).squeeze(1) + 0.5 * sq.sum(1)


x = torch.stack([torch.randint(0, d, (1200,)) for d in field_dims], 1)
w = [torch.randn(d) for d in field_dims]
y = (sum(w[j][x[:, j]] for j in range(4)) + 0.5 * torch.randn(1200) > 0).float()
net = FM(field_dims)
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(5):
    for i in torch.randperm(1000).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, loss.item(), ((net(x[1000:]) > 0) == (y[1000:] > 0.5)).float().mean().item())
