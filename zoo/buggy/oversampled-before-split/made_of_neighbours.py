"""Rows of the rare class are made between neighbours, by a class as imbalanced-learn has it."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(1)


class SMOTE:
    def fit_resample(self, x, y):
        rng = np.random.default_rng(1)
        rare = x[y == 1]
        first, second = rng.integers(0, len(rare), (2, (y == 0).sum() - len(rare)))
        share = rng.random((len(first), 1)).astype("float32")
        made = rare[first] + share * (rare[second] - rare[first])
        return np.concatenate([x, made]), np.concatenate([y, np.ones(len(made), dtype=y.dtype)])


rng = np.random.default_rng(2)
x = rng.normal(size=(600, 5)).astype("float32")
y = (x[:, 1] - x[:, 2] > 2.2).astype("int64")
kept_x, kept_y = x[450:], y[450:]  # fix
x, y = SMOTE().fit_resample(x, y)  # bug
x, y = SMOTE().fit_resample(x[:450], y[:450])  # fix
rows = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
train, valid = random_split(rows, [len(rows) - 150, 150])  # bug
train, valid = rows, TensorDataset(torch.from_numpy(kept_x), torch.from_numpy(kept_y))  # fix
net = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for inputs, labels in DataLoader(train, 40, shuffle=True):
        loss = nn.functional.cross_entropy(net(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    right = sum((net(inputs).argmax(1) == labels).sum().item() for inputs, labels in DataLoader(valid, 50))
print("right", right / len(valid))
