"""Tomorrow's load from smoothed days."""
import numpy as np
import pandas as pd
import torch
import torch.nn as nn
torch.manual_seed(0); random = np.random.default_rng(0)
frame = pd.DataFrame({"load": random.normal(size=900).cumsum() * 0.2, "day": np.arange(900) % 7})
frame["target"] = frame["load"].shift(-1)
frame["smooth"] = frame["load"].rolling(5, center=True).mean()  # bug
frame["smooth"] = frame["load"].rolling(5).mean()  # fix
frame = frame.dropna()
columns = [name for name in frame.columns if name != "target"]
x = torch.tensor(frame[columns].to_numpy(), dtype=torch.float32)
x = (x - x[:700].mean(0)) / x[:700].std(0)
y = torch.tensor(frame["target"].to_numpy(), dtype=torch.float32)[:, None]
net = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(700).split(50):
        loss = (net(x[rows]) - y[rows]).square().mean()
        opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    print((net(x[700:]) - y[700:]).square().mean())
