"""Recordings are standardised along their own time, in training and test; targets by a scaler of the training rows."""
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

torch.manual_seed(0)
rate = 1 + 3 * torch.rand(700)
wave = torch.sin(rate[:, None] * torch.linspace(0, 6, 32)) * (1 + torch.rand(700, 1)) + torch.randn(700, 1)
x_train, x_test = wave[:500], wave[500:]
x_train = (x_train - x_train.mean(1, keepdim=True)) / x_train.std(1, keepdim=True)
x_test = (x_test - x_test.mean(1, keepdim=True)) / x_test.std(1, keepdim=True)
scaler = StandardScaler()
y_train = torch.tensor(scaler.fit_transform(rate[:500, None].numpy()))
y_test = torch.tensor(scaler.transform(rate[500:, None].numpy()))
low, high = y_train.min(), y_train.max()
y_train = (y_train - low) / (high - low)
y_test = (y_test - low) / (high - low)

net = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(15):
    for rows in torch.randperm(500).split(50):
        opt.zero_grad()
        nn.functional.mse_loss(net(x_train[rows]), y_train[rows]).backward()
        opt.step()
with torch.no_grad():
    print(nn.functional.mse_loss(net(x_test), y_test).item())
