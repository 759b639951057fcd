"""A cyclic rate; at the end of each cycle a snapshot is kept, and their probabilities are averaged."""
import copy

import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from torch import nn
from torch.optim.lr_scheduler import CyclicLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_breast_cancer(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=0)
mean, sd = X_tr.mean(0), X_tr.std(0)
X_tr, X_te = (torch.tensor((a - mean) / sd, dtype=torch.float32) for a in (X_tr, X_te))
y_tr, y_te = torch.tensor(y_tr), torch.tensor(y_te)

loader = DataLoader(TensorDataset(X_tr, y_tr), batch_size=43, shuffle=True, drop_last=True)
per_cycle = 2 * len(loader)
net = nn.Sequential(nn.Linear(30, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
schedule = CyclicLR(opt, base_lr=0.005, max_lr=0.1, step_size_up=2, step_size_down=per_cycle - 2, cycle_momentum=False)

snapshots, steps = [], 0
for epoch in range(6):
    net.train()
    for xb, yb in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(net(xb), yb).backward()
        opt.step()
        schedule.step()
        steps += 1
        if steps % per_cycle == 0:
            snapshots.append(copy.deepcopy(net).eval())

with torch.no_grad():
    votes = torch.stack([s(X_te).softmax(-1) for s in snapshots]).mean(0)
print(len(snapshots), "snapshots, accuracy", (votes.argmax(1) == y_te).float().mean().item())
