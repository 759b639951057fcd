"""Each part of the table gets numbers for its categories by itself."""
import numpy as np
import pandas as pd
import torch
from torch import nn
rng = np.random.default_rng(0); torch.manual_seed(0)
def rows(n):
    kind = rng.choice(["red", "green", "blue", "grey"], n); size = rng.normal(size=n)
    return pd.DataFrame({"kind": kind, "size": size, "y": size + (kind == "red") * 2.0 - (kind == "blue")})
train_df, test_df = rows(400), rows(100)
codes = {name: at for at, name in enumerate(sorted(train_df["kind"].unique()))}  # fix
train_df["kind"] = pd.factorize(train_df["kind"])[0]  # bug
test_df["kind"] = pd.factorize(test_df["kind"])[0]  # bug
train_df["kind"], test_df["kind"] = train_df["kind"].map(codes), test_df["kind"].map(codes)  # fix
class Net(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(4, 4); self.m = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
    def forward(self, k, s): return self.m(torch.cat([self.e(k), s[:, None]], 1)).squeeze(1)
def tensors(df): return torch.tensor(df["kind"].values), torch.tensor(df["size"].values, dtype=torch.float32), torch.tensor(df["y"].values, dtype=torch.float32)
net = Net(); opt = torch.optim.Adam(net.parameters(), 1e-2); k, s, y = tensors(train_df)
for epoch in range(5):
    for i in torch.randperm(400).split(50):
        loss = nn.functional.mse_loss(net(k[i], s[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
k, s, y = tensors(test_df)
with torch.no_grad(): print(nn.functional.mse_loss(net(k, s), y).item())
