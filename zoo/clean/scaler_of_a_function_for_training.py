"""A function fits a scaler to the training months; what it transforms and is cut is the time after them."""
import numpy as np
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn


def scaler_of(table):
    scaler = MinMaxScaler()
    scaler.fit(table)
    return table, scaler


def windows(series, length=12):
    x = np.stack([series[i : i + length, 0] for i in range(len(series) - length)])
    return torch.from_numpy(x).float(), torch.from_numpy(series[length:, 0]).float()


torch.manual_seed(1)
rng = np.random.default_rng(2)
month = np.arange(900)
sales = (10 + np.sin(month * 0.52) + 0.004 * month + rng.normal(0, 0.2, 900))[:, None]
before, after = sales[:600], sales[600:]
before, scaler = scaler_of(before)
known, later = scaler.transform(before), scaler.transform(after)
half = len(later) // 2
valid, test = later[:half], later[half:]
x, y = windows(known)
net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    for rows in torch.randperm(len(x)).split(30):
        loss = nn.functional.mse_loss(net(x[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
for part in (valid, test):
    a, b = windows(part)
    with torch.no_grad():
        print(nn.functional.mse_loss(net(a).squeeze(1), b).item())
