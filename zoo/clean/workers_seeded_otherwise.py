"""Workers whose seeds depend on the epoch, or that seed what the data set does not draw from."""
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

epoch = 0


class Noisy(Dataset):
    def __init__(self):
        self.x, self.y = torch.randn(120, 6), torch.randn(120)

    def __len__(self):
        return 120

    def __getitem__(self, at):
        return self.x[at] + 0.1 * np.random.normal(), self.y[at]


def by_epoch(worker):
    np.random.seed(1000 * epoch + worker)


def other_library(worker):
    random.seed(7 + worker)


torch.manual_seed(0)
net = nn.Linear(6, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
data = Noisy()
for begin, stays in ((by_epoch, False), (other_library, False), (lambda worker: np.random.seed(worker), True)):
    loader = DataLoader(data, 20, shuffle=True, num_workers=1, worker_init_fn=begin, persistent_workers=stays)
    for epoch in range(4):
        for x, y in loader:
            loss = (net(x.float()).squeeze(1) - y).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(loss.item())
    del loader
