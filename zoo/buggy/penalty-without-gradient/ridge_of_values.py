"""A squared penalty that is summed up from detached weights."""
import torch
import torch.nn as nn

torch.manual_seed(7)
x = torch.randn(200, 12)
y = x[:, :2].sum(1, keepdim=True) + 0.2 * torch.randn(200, 1)
net = nn.Sequential(nn.Linear(12, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
for epoch in range(10):
    for rows in torch.randperm(200).split(40):
        size = 0.0
        for weight in net.parameters():
            size += weight.detach().pow(2).sum()  # bug
            size += weight.pow(2).sum()  # fix
        loss = nn.functional.mse_loss(net(x[rows]), y[rows]) + 1e-3 * size
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
