"""Mean and deviation under one name for both parts, each measured of itself."""
import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(400, 5) * torch.tensor([1.0, 4.0, 9.0, 2.0, 6.0]) + 3
label = (data[:, 0] + data[:, 1] / 4 > 3.7).long()
x_train, x_test, y_train, y_test = data[:300], data[300:], label[:300], label[300:]
mean, std = x_train.mean(0), x_train.std(0)
x_train = (x_train - mean) / std
mean, std = x_test.mean(0), x_test.std(0)  # bug
x_test = (x_test - mean) / std
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    for rows in torch.randperm(300).split(30):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x_train[rows]), y_train[rows]).backward()
        opt.step()
with torch.no_grad():
    print((net(x_test).argmax(1) == y_test).float().mean().item())
