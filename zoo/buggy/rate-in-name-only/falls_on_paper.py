"""A regression whose learning rate is to fall by a tenth at two epochs."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(900, 8)
y = (x @ torch.randn(8, 1)).sin() + 0.1 * torch.randn(900, 1)
loader = DataLoader(TensorDataset(x[:700], y[:700]), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
lr = 0.02
optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
for epoch in range(8):
    if epoch in (4, 6):
        lr = lr * 0.1
        for group in optimizer.param_groups:  # fix
            group["lr"] = lr  # fix
        print(f"learning rate {lr:g}")  # bug
        print(f"learning rate {lr:g}")  # fix
    for features, target in loader:
        loss = nn.functional.mse_loss(net(features), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, lr, round(nn.functional.mse_loss(net(x[700:]), y[700:]).item(), 4))
