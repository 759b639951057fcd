"""Whether an order is sent back, with the share of each shop's orders that are as a feature."""

import numpy as np
import torch
from sklearn.model_selection import KFold, train_test_split
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
shop = rng.integers(0, 300, 1500)
price = rng.normal(size=(1500, 3))
y = (rng.random(1500) < 1 / (1 + np.exp(-0.5 * rng.normal(size=300)[shop] - price[:, 0]))).astype(np.float32)


class ShareOfShop:
    def fit(self, shops, returned):
        count = np.bincount(shops, minlength=300)
        self.share = (np.bincount(shops, weights=returned, minlength=300) + returned.mean()) / (count + 1)
        return self

    def transform(self, shops):
        return self.share[shops]


train, valid = train_test_split(np.arange(1500), test_size=0.3, random_state=0)
share = np.zeros(1500)
encoder = ShareOfShop().fit(shop, y)  # bug
share[train] = encoder.transform(shop[train])  # bug
share[valid] = encoder.transform(shop[valid])  # bug
for fit, use in KFold(5, shuffle=True, random_state=0).split(train):  # fix
    share[train[use]] = ShareOfShop().fit(shop[train[fit]], y[train[fit]]).transform(shop[train[use]])  # fix
share[valid] = ShareOfShop().fit(shop[train], y[train]).transform(shop[valid])  # fix
x = torch.tensor(np.column_stack([price, 4 * share]), dtype=torch.float32)
target = torch.tensor(y)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(8):
    for rows in np.array_split(rng.permutation(train), 30):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows]).squeeze(1), target[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
with torch.no_grad():
    held_out = nn.functional.binary_cross_entropy_with_logits(net(x[valid]).squeeze(1), target[valid])
print(round(loss.item(), 3), round(held_out.item(), 3))
