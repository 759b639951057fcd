"""Faults of a machine are rare: their rows are repeated until both classes are equally frequent."""

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)


def oversample(x, y):
    rare = np.flatnonzero(y == 1)
    more = rng.choice(rare, (y == 0).sum() - len(rare))
    return np.concatenate([x, x[more]]), np.concatenate([y, y[more]])


x = rng.normal(size=(800, 6)).astype("float32")
y = (x[:, 0] + 0.8 * rng.normal(size=800) > 2.1).astype(int)
x, y = oversample(x, y)  # bug
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=1)
x_train, y_train = oversample(x_train, y_train)  # fix
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(80):
    rows = rng.integers(0, len(x_train), 64)
    scores = net(torch.from_numpy(x_train[rows]))[:, 0]
    loss = nn.functional.binary_cross_entropy_with_logits(scores, torch.from_numpy(y_train[rows]).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    found = (net(torch.from_numpy(x_test))[:, 0] > 0).numpy()
print("recall", found[y_test == 1].mean())
