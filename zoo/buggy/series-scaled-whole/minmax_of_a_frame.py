"""Sales of a shop by hour: a MinMaxScaler, then the first three quarters are learnt and the rest is forecast."""
import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn

rng = np.random.default_rng(24)
hours = np.arange(1600)
frame = pd.DataFrame({"sales": np.sin(hours / 12) + hours / 800 + 0.1 * rng.normal(size=1600), "hour": hours % 24})
border = 1200
scaler = MinMaxScaler(feature_range=(-1, 1))
scaled = scaler.fit_transform(frame[["sales"]].values).astype(np.float32)  # bug
scaled = scaler.fit(frame[["sales"]].values[:border]).transform(frame[["sales"]].values).astype(np.float32)  # fix


def windows(part, length=24):
    pairs = []
    for first in range(len(part) - length):
        last = first + length
        pairs.append((part[first:last, 0], part[last, 0]))
    x, y = zip(*pairs)
    return torch.from_numpy(np.stack(x)), torch.from_numpy(np.array(y))


past, future = scaled[:border], scaled[border:]
x, y = windows(past)
torch.manual_seed(24)
net = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(200):
    rows = torch.randint(len(x), (64,))
    loss = nn.functional.mse_loss(net(x[rows]).squeeze(1), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    x, y = windows(future)
    print(loss.item(), (net(x).squeeze(1) - y).abs().mean().item())
