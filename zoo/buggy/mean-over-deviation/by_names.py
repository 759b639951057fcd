"""Columns of a table are standardised by numbers of the training rows."""

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(4)
torch.manual_seed(4)
table = rng.normal(3.0, 5.0, (900, 7)).astype("float32")
label = (table[:, 0] > 3).astype("int64")
mean = table[:700].mean(axis=0)
std = table[:700].std(axis=0)
table = table - mean / std  # bug
table = (table - mean) / std  # fix
x, y = torch.from_numpy(table), torch.from_numpy(label)
net = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(5):
    for rows in torch.randperm(700).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print((net(x[700:]).argmax(1) == y[700:]).float().mean().item())
