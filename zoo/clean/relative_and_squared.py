"""Relative errors by signed targets that are squared after, rows with a penalty of all weights, histories made anew."""

import torch
from torch import nn

torch.manual_seed(20)
x = torch.randn(960, 16)
y = x @ torch.randn(16)
y = y + 0.5 * y.sign()
net = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
history = [[]] * 3
for epoch in range(3):
    seen = []
    for rows in torch.randperm(960).split(32):
        relative = (net(x[rows]).squeeze(1) - y[rows]).abs() / y[rows]
        penalty = 1e-4 * net[0].weight.abs().sum()
        each = relative**2 + penalty
        loss = each.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append(loss.item())
    history[epoch] = seen
drawn = torch.randint(len(x), (200,))
with torch.no_grad():
    first, second = ((net(x[part]).squeeze(1) - y[part]).abs().mean() for part in (drawn, torch.randint(960, (200,))))
print([sum(each) / len(each) for each in history], first.item(), second.item())
