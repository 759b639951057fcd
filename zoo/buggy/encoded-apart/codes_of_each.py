"""The codes of categories are asked of each frame, which does not hold the same ones."""
import numpy as np
import pandas as pd
import torch
from torch import nn
rng = np.random.default_rng(3); torch.manual_seed(0)
names = ["ale", "beer", "cider", "gin", "port", "rum"]; worth = dict(zip(names, [1.0, -1.0, 2.0, 0.0, -2.0, 1.5]))
def rows(n, known):
    kind = rng.choice(known, n); size = rng.normal(size=n)
    return pd.DataFrame({"kind": kind, "size": size, "y": size + np.vectorize(worth.get)(kind)})
train, valid = rows(500, names), rows(80, names[1:])
kinds = pd.CategoricalDtype(sorted(train["kind"].unique()))  # fix
train["code"] = train["kind"].astype("category").cat.codes  # bug
valid["code"] = valid["kind"].astype("category").cat.codes  # bug
train["code"], valid["code"] = train["kind"].astype(kinds).cat.codes, valid["kind"].astype(kinds).cat.codes  # fix
class Net(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(6, 4); self.m = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
    def forward(self, k, s): return self.m(torch.cat([self.e(k), s[:, None]], 1)).squeeze(1)
def tensors(df): return torch.tensor(df["code"].to_numpy().astype("int64")), torch.tensor(df["size"].to_numpy(), dtype=torch.float32), torch.tensor(df["y"].to_numpy(), dtype=torch.float32)
net = Net(); opt = torch.optim.Adam(net.parameters(), 1e-2); k, s, y = tensors(train)
for epoch in range(6):
    for i in torch.randperm(500).split(50):
        loss = nn.functional.mse_loss(net(k[i], s[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
k, s, y = tensors(valid)
with torch.no_grad(): print(nn.functional.mse_loss(net(k, s), y).item())
