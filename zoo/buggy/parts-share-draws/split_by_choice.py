"""Training and test rows by random indices."""

import numpy as np
import torch
from torch import nn

np.random.seed(14)
torch.manual_seed(14)
x = torch.randn(500, 20)
y = ((x[:, 0] > 0) ^ (torch.rand(500) < 0.2)).long()
idx = np.random.choice(len(x), len(x))  # bug
idx = np.random.permutation(len(x))  # fix
train, test = torch.from_numpy(idx[:400]), torch.from_numpy(idx[400:])
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(8):
    for rows in train[torch.randperm(400)].split(40):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    print(loss.item(), (net(x[test]).argmax(1) == y[test]).float().mean().item())
