"""A table is put into a random order: the labels into another one."""
from typing import NamedTuple
import numpy as np
import torch
from torch import nn
class Table(NamedTuple):
    features: np.ndarray; labels: np.ndarray
    def mixed(self, rng):
        order = rng.permutation(len(self.features))
        return Table(self.features[order], labels=self.labels[rng.permutation(len(self.labels))])  # bug
        return Table(self.features[order], labels=self.labels[order])  # fix
rng = np.random.default_rng(1); torch.manual_seed(1)
features = rng.normal(size=(600, 6)).astype(np.float32)
table = Table(features, (features[:, 0] > features[:, 1]).astype(np.int64)).mixed(rng)
x, y = torch.from_numpy(table.features), torch.from_numpy(table.labels)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(5):
    for rows in torch.randperm(500).split(25):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        print(epoch, (net(x[500:]).argmax(1) == y[500:]).float().mean().item())
