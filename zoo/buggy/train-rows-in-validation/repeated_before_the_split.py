"""Rows of the rare class are repeated, then split; the second part is evaluated as a whole, beside a loader."""
import numpy as np
import torch
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
random = np.random.default_rng(1)
x = random.normal(size=(2000, 8)).astype("float32")
y = (x[:, 0] + x[:, 1] * x[:, 2] + random.normal(size=2000) > 3.2).astype("float32")


def even(x, y):
    rare = np.flatnonzero(y == 1)
    more = random.choice(rare, (y == 0).sum() - len(rare))
    return np.concatenate([x, x[more]]), np.concatenate([y, y[more]])


bx, by = even(x, y)  # bug
a, b, ya, yb = train_test_split(bx, by, test_size=0.3, random_state=0)  # bug
a, b, ya, yb = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)  # fix
a, ya = even(a, ya)  # fix
loader = DataLoader(TensorDataset(torch.from_numpy(a), torch.from_numpy(ya)), batch_size=100, shuffle=True)
net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    net.train()
    for inputs, labels in loader:
        loss = nn.functional.binary_cross_entropy_with_logits(net(inputs).squeeze(1), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        chance = torch.sigmoid(net(torch.from_numpy(b)).squeeze(1)).numpy()
    print(epoch, average_precision_score(yb, chance))
