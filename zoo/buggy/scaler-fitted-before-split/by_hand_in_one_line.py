"""level: notice; a table is standardised in one line, and split in the next."""
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)
X = (rng.normal(size=(300, 6)) * [1, 5, 9, 2, 3, 8]).astype("float32")
y = (X[:, 0] + X[:, 1] / 5 > 0).astype("int64")
X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)  # bug
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
mean, std = X_train.mean(axis=0), X_train.std(axis=0)  # fix
X_train, X_test = (X_train - mean) / std, (X_test - mean) / std  # fix
a, b, ya, yb = (torch.from_numpy(each) for each in (X_train, X_test, y_train, y_test))
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    for rows in torch.randperm(len(a)).split(25):
        opt.zero_grad()
        nn.functional.cross_entropy(net(a[rows]), ya[rows]).backward()
        opt.step()
with torch.no_grad():
    print((net(b).argmax(1) == yb).float().mean().item())
