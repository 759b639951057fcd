"""Predictions are transformed back by the scaler of the inputs."""

import numpy as np
import torch
import torch.nn as nn
from sklearn.preprocessing import StandardScaler

torch.manual_seed(0)
rng = np.random.default_rng(0)
X = rng.normal(size=(800, 1)) * 5 + 20
y = 300 + 40 * np.sin(X) + 5 * rng.normal(size=(800, 1))
sx, sy = StandardScaler().fit(X[:600]), StandardScaler().fit(y[:600])
Xs = torch.tensor(sx.transform(X), dtype=torch.float32)
ys = torch.tensor(sy.transform(y), dtype=torch.float32)
net = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(10):
    for i in torch.randperm(600).split(40):
        loss = nn.functional.mse_loss(net(Xs[i]), ys[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    pred = net(Xs[600:]).numpy()
pred = sx.inverse_transform(pred)  # bug
pred = sy.inverse_transform(pred)  # fix
from sklearn.metrics import mean_absolute_error

print("mae", mean_absolute_error(y[600:], pred))
