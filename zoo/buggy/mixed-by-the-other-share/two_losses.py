"""Mixup by two functions: rows are mixed in one, losses in the other, with the shares exchanged."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
np.random.seed(0)


def mixup_data(x, y, alpha=1.0):
    lam = np.random.beta(alpha, alpha)
    index = torch.randperm(x.size(0))
    mixed_x = lam * x + (1 - lam) * x[index, :]
    y_a, y_b = y, y[index]
    return mixed_x, y_a, y_b, lam


def mixup_criterion(criterion, pred, y_a, y_b, lam):
    return (1 - lam) * criterion(pred, y_a) + lam * criterion(pred, y_b)  # bug
    return lam * criterion(pred, y_a) + (1 - lam) * criterion(pred, y_b)  # fix


x = torch.randn(480, 8)
y = x[:, :3].argmax(1)
net = nn.Sequential(nn.Linear(8, 48), nn.ReLU(), nn.Linear(48, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(4):
    for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True):
        inputs, targets_a, targets_b, lam = mixup_data(inputs, targets)
        loss = mixup_criterion(criterion, net(inputs), targets_a, targets_b, lam)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
