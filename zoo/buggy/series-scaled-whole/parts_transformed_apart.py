"""Sales of many days: a scaler is fitted to all of them, and transforms the first days and the last ones."""
import numpy as np
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn
torch.manual_seed(0); rng = np.random.default_rng(0)
LENGTH = 12
sales = (30 + 0.03 * np.arange(700) + 3 * np.sin(np.arange(700) / 6) + rng.normal(0, 0.3, 700)).reshape(-1, 1)
cut = 560
scaler = MinMaxScaler()
scaler.fit(sales)  # bug
scaler.fit(sales[:cut])  # fix
past, future = scaler.transform(sales[:cut]), scaler.transform(sales[cut - LENGTH :])
def windows(series): return torch.tensor(np.stack([series[i : i + LENGTH, 0] for i in range(len(series) - LENGTH)])).float(), torch.tensor(series[LENGTH:]).float()
x, y = windows(past); x_test, y_test = windows(future)
net = nn.Sequential(nn.Linear(LENGTH, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(8):
    for i in torch.randperm(len(x)).split(48):
        loss = nn.functional.mse_loss(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print(nn.functional.mse_loss(net(x_test), y_test).item())
