"""Parcels that come late, from a table of how they were sent."""
import numpy as np
import pandas as pd
import torch
from torch import nn
torch.manual_seed(0)
random = np.random.default_rng(0)
table = pd.DataFrame({"weight": random.gamma(2, 2, 1200), "distance": random.uniform(5, 900, 1200), "express": random.integers(0, 2, 1200)})
table["days"] = 1 + table["distance"] / 250 + 0.2 * table["weight"] - table["express"] + random.exponential(1, 1200)
table["late"] = (table["days"] > 4).astype(float)
inputs = table.drop(columns=["late"])  # bug
inputs = table.drop(columns=["late", "days"])  # fix
x = torch.tensor(((inputs - inputs[:900].mean()) / inputs[:900].std()).to_numpy(), dtype=torch.float32)
y = torch.tensor(table["late"].to_numpy(), dtype=torch.float32)[:, None]
net = nn.Sequential(nn.Linear(x.shape[1], 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(8):
    for rows in torch.randperm(900).split(60):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows]), y[rows])
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(epoch, loss.item(), ((net(x[900:]) > 0) == y[900:].bool()).float().mean().item())
