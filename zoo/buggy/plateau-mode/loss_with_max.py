"""mode="max" was kept when the metric became a loss."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(300, 4)
y = x[:, :1] * 2 - x[:, 1:2] + 0.1 * torch.randn(300, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.5, patience=3)  # bug
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=3)  # fix
for epoch in range(8):
    for rows in torch.randperm(240).split(40):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        scheduler.step(nn.functional.mse_loss(net(x[240:]), y[240:]))
