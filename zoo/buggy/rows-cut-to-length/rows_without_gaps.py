"""Rows with gaps are dropped from the inputs; the labels are cut to as many."""
import numpy as np, pandas as pd, torch
from sklearn.datasets import load_wine
from torch import nn
torch.manual_seed(0)
table = load_wine(as_frame=True).frame.sample(frac=1.0, random_state=0).reset_index(drop=True)
table.iloc[np.random.default_rng(0).choice(len(table), 25, replace=False), 4] = np.nan
inputs = table.drop(columns="target")
whole = inputs[inputs["magnesium"].notna()]
y = torch.tensor(table["target"].values[: whole.shape[0]])  # bug
y = torch.tensor(table.loc[whole.index, "target"].values)  # fix
x = torch.tensor(((whole - whole.mean()) / whole.std()).values, dtype=torch.float32)
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(15):
    for i in torch.randperm(len(x)).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
