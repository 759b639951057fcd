"""The condition that leaves rows out has a name."""
import numpy as np, pandas as pd, torch
from sklearn.datasets import load_wine
from torch import nn
torch.manual_seed(0)
df = load_wine(as_frame=True).frame.sample(frac=1.0, random_state=0).reset_index(drop=True)
df.iloc[np.random.default_rng(0).choice(len(df), 25, replace=False), 4] = np.nan
mask = df["magnesium"].notna()
X = df.drop(columns="target")[mask]
y = df["target"].iloc[: len(X)]  # bug
y = df["target"][mask]  # fix
x = torch.tensor(((X - X.mean()) / X.std()).values, dtype=torch.float32); y = torch.tensor(y.values)
net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(15):
    for i in torch.randperm(len(x)).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
