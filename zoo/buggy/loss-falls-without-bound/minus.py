"""The sign of a loss is wrong."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
for _ in range(20):
    x = torch.randn(32, 5)
    loss = nn.functional.mse_loss(net(x), x[:, :1])
    loss = -loss  # bug
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
