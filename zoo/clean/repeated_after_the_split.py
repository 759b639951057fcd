"""The training part alone is oversampled; the noise of each value is drawn in the shape of the rows on purpose."""

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn

rng = np.random.default_rng(5)
torch.manual_seed(5)
x = rng.normal(size=(500, 4)).astype("float32")
y = (x[:, 0] > 1.3).astype(int)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)


def random_oversample(x, y):
    more = rng.choice(np.flatnonzero(y == 1), (y == 0).sum() - (y == 1).sum())
    return np.concatenate([x, x[more]]), np.concatenate([y, y[more]])


x_train, y_train = random_oversample(x_train, y_train)
x_fit, x_valid, y_fit, y_valid = x_train, x_test, y_train, y_test
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(80):
    rows = rng.integers(0, len(x_fit), 64)
    inputs = torch.from_numpy(x_fit[rows])
    share = torch.rand_like(inputs)
    inputs = share * inputs + (1 - share) * inputs.mean(0)
    loss = nn.functional.binary_cross_entropy_with_logits(net(inputs)[:, 0], torch.from_numpy(y_fit[rows]).float())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
