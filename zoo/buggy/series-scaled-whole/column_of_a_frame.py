"""A column of a frame is standardised by its own mean and deviation, and cut into past and future after."""

import numpy as np
import pandas as pd
import torch
import torch.nn as nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
t = np.arange(900)
df = pd.DataFrame({"v": np.sin(t / 12) * (1 + t / 400) + 0.1 * rng.normal(size=900) + t / 200})
df["v"] = (df["v"] - df["v"].mean()) / df["v"].std()  # bug
tr = df["v"][:700]  # fix
df["v"] = (df["v"] - tr.mean()) / tr.std()  # fix
s = df["v"].values.astype("float32")


def win(a, w=20):
    return np.stack([a[i : i + w] for i in range(len(a) - w)]), a[w:]


X, y = win(s[:700])
Xt, yt = win(s[700:])
X, y, Xt, yt = map(torch.tensor, (X, y, Xt, yt))
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(6):
    for i in torch.randperm(len(X)).split(32):
        loss = nn.functional.mse_loss(net(X[i]).squeeze(1), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, loss.item(), nn.functional.mse_loss(net(Xt).squeeze(1), yt).item())
