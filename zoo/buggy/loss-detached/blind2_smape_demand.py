import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def demand(days=700, seed=67):
    rng = np.random.default_rng(seed)
    when = pd.date_range("2021-01-01", periods=days)
    weekly = 1 + 0.3 * np.sin(2 * np.pi * when.dayofweek.to_numpy() / 7)
    yearly = 1 + 0.2 * np.cos(2 * np.pi * when.dayofyear.to_numpy() / 365)
    return pd.Series(100 * weekly * yearly * rng.lognormal(0, 0.05, days), index=when)


class Smape(nn.Module):
    def forward(self, forecast, actual):
        f, a = forecast.detach().numpy(), actual.numpy()  # bug
        value = np.mean(2 * np.abs(f - a) / (np.abs(f) + np.abs(a)))  # bug
        return torch.tensor(value, requires_grad=True)  # bug
        return (2 * (forecast - actual).abs() / (forecast.abs() + actual.abs())).mean()  # fix


class Net(nn.Module):
    def __init__(self, lags):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(lags, 32), nn.ReLU(), nn.Linear(32, 1), nn.Softplus())

    def forward(self, x):
        return self.f(x).squeeze(-1)


LAGS = 14
series = demand()
scaled = series / series.iloc[:500].mean()
table = pd.concat({k: scaled.shift(k) for k in range(1, LAGS + 1)}, axis=1).dropna()
target = scaled.loc[table.index]
train, test = table.index < "2022-06-01", table.index >= "2022-07-01"
to_t = lambda frame: torch.tensor(frame.to_numpy(), dtype=torch.float32)
train_ds = TensorDataset(to_t(table[train]) - 1, to_t(target[train]))
test_x, test_y = to_t(table[test]) - 1, to_t(target[test])

torch.manual_seed(67)
net, criterion = Net(LAGS), Smape()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(12):
    net.train()
    seen = []
    for x, y in DataLoader(train_ds, batch_size=32, shuffle=True):
        loss = criterion(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        seen.append(loss.item())
    if epoch % 3 == 2:
        print(f"{epoch + 1:2d} {np.mean(seen):.4f}")
net.eval()
with torch.no_grad():
    print("test smape", criterion(net(test_x), test_y).item())
