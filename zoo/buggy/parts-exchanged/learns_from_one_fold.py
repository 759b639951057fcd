"""Five folds of a table; the indices of a fold come as two arrays."""

import numpy as np
import torch
from sklearn.model_selection import KFold
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(500, 8)
y = (x @ torch.randn(8) > 0).long()
scores = []
folds = KFold(n_splits=5, shuffle=True, random_state=0)
for fold, (val_idx, train_idx) in enumerate(folds.split(np.arange(500))):  # bug
for fold, (train_idx, val_idx) in enumerate(folds.split(np.arange(500))):  # fix
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(4):
        for features, kind in DataLoader(TensorDataset(x[train_idx], y[train_idx]), batch_size=20, shuffle=True):
            loss = nn.functional.cross_entropy(net(features), kind)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    net.eval()
    with torch.no_grad():
        scores.append((net(x[val_idx]).argmax(1) == y[val_idx]).float().mean().item())
    print(fold, round(loss.item(), 3), scores[-1])
print(sum(scores) / 5)
