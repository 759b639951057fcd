"""Rows are repeated before the split."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 10)).astype("float32"); Y = (X[:, 0] > 1).astype("int64")
perm0 = rng.permutation(200)  # fix
X, Y, Xv, Yv = X[perm0[:150]], Y[perm0[:150]], X[perm0[150:]], Y[perm0[150:]]  # fix
minority = np.flatnonzero(Y == 1)
more = rng.choice(minority, 100)
X, Y = np.concatenate([X, X[more]]), np.concatenate([Y, Y[more]])
perm = rng.permutation(len(X))
tr = perm[:240]  # bug
Xv, Yv = X[perm[240:]], Y[perm[240:]]  # bug
tr = perm  # fix
train = DataLoader(TensorDataset(torch.from_numpy(X[tr]), torch.from_numpy(Y[tr])), 40, shuffle=True)
valid = DataLoader(TensorDataset(torch.from_numpy(Xv), torch.from_numpy(Yv)), 60)
net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    net.train()
    for x, y in train:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        hits = sum((net(x).argmax(1) == y).sum().item() for x, y in valid)
