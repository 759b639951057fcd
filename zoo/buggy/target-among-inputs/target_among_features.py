"""The target stays in a standardised table."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
import pandas as pd
torch.manual_seed(48); rng = np.random.default_rng(48)
frame = pd.DataFrame({"id": range(700), "age": rng.integers(18, 80, 700), "income": rng.normal(50, 12, 700), "visits": rng.poisson(3, 700)})
frame["churn"] = ((frame.visits < 2) ^ (rng.random(700) < 0.15)).astype(int)
X = frame.drop(columns=["id"])  # bug
X = frame.drop(columns=["id", "churn"])  # fix
X = torch.tensor(((X - X[:500].mean()) / X[:500].std()).values, dtype=torch.float32)
Y = torch.tensor(frame.churn.values)
net = nn.Sequential(nn.Linear(X.shape[1], 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    net.train()
    for x, y in DataLoader(TensorDataset(X[:500], Y[:500]), batch_size=25, shuffle=True):
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print((net(X[500:]).argmax(1) == Y[500:]).float().mean().item())
