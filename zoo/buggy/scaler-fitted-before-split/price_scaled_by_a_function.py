"""One column of a series; a helper scales whatever it is given by its own range, the years of the test as well."""
import numpy as np
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
steps = np.arange(900)
price = (40 + 0.02 * steps + 4 * np.sin(steps / 9) + rng.normal(0, 0.3, 900)).reshape(-1, 1)


def scaled(values):
    scaler = MinMaxScaler()
    return scaler.fit_transform(values).astype(np.float32)


known = MinMaxScaler().fit(price[:700])
train = scaled(price[:700])  # bug
test = scaled(price[700:])  # bug
train = known.transform(price[:700]).astype(np.float32)  # fix
test = known.transform(price[700:]).astype(np.float32)  # fix


def windows(series, length=12):
    x = np.stack([series[at:at + length, 0] for at in range(len(series) - length)])
    return torch.from_numpy(x), torch.from_numpy(series[length:, 0])


x, y = windows(train)
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(12):
    for rows in torch.randperm(len(x)).split(43):
        opt.zero_grad()
        nn.functional.mse_loss(net(x[rows]).squeeze(1), y[rows]).backward()
        opt.step()
x, y = windows(test)
with torch.no_grad():
    print(nn.functional.l1_loss(net(x).squeeze(1), y).item())
