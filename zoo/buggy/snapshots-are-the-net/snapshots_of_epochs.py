"""The nets of the last epochs are to vote."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(500, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
members = []
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    if epoch > 3:
        members.append(net)  # bug
        members.append(copy.deepcopy(net))  # fix
with torch.no_grad():
    votes = torch.stack([each(x[400:]).softmax(1) for each in members]).mean(0)
print((votes.argmax(1) == y[400:]).float().mean().item())
