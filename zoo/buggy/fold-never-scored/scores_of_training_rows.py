"""Five folds: each net is scored on the rows that it was fitted to."""
import numpy as np
import torch
from sklearn.model_selection import StratifiedKFold
from torch import nn
torch.manual_seed(0); rng = np.random.default_rng(0)
x = rng.normal(size=(300, 6)).astype(np.float32); y = (x[:, 0] + 0.5 * rng.normal(size=300) > 0).astype(np.int64); scores = []
for fold, (train_idx, val_idx) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(x, y)):
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 5e-3)
    a, b = torch.from_numpy(x[train_idx]), torch.from_numpy(y[train_idx])
    for epoch in range(4):
        for rows in torch.randperm(len(a)).split(24):
            opt.zero_grad(); nn.functional.cross_entropy(net(a[rows]), b[rows]).backward(); opt.step()
    net.eval()
    with torch.no_grad():
        score = (net(torch.from_numpy(x[train_idx])).argmax(1).numpy() == y[train_idx]).mean()  # bug
        score = (net(torch.from_numpy(x[val_idx])).argmax(1).numpy() == y[val_idx]).mean()  # fix
    scores.append(score); print(fold, score)
print(np.mean(scores))
