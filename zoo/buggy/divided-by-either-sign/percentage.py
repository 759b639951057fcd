"""Changes of a price, up and down, with a relative error for a loss."""

import torch
from torch import nn

torch.manual_seed(6)
x = torch.randn(1200, 10)
change = (x @ torch.randn(10)) * 0.3 + 0.05
net = nn.Sequential(nn.Linear(10, 48), nn.ReLU(), nn.Linear(48, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def mape(pred, truth):
    return torch.mean(torch.abs(truth - pred) / (truth + 1e-6))  # bug
    return torch.mean(torch.abs(truth - pred) / (truth.abs() + 0.1))  # fix


for epoch in range(4):
    for rows in torch.randperm(1000).split(50):
        loss = mape(net(x[rows]).squeeze(1), change[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, loss.item(), (net(x[1000:]).squeeze(1) - change[1000:]).abs().mean().item())
