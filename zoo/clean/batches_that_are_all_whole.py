"""Means that are weighed by the size of a batch where every batch has that size, or where it is measured."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(19)
batch_size = 50
x = torch.randn(1030, 8)
y = (x[:, 0] * x[:, 1] + 0.3 * torch.randn(1030) > 0).float()
train = DataLoader(TensorDataset(x[:730], y[:730]), batch_size=batch_size, shuffle=True)
whole = DataLoader(TensorDataset(x[730:], y[730:]), batch_size=batch_size)
net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)


def epoch_loss(loader):
    total = 0.0
    for rows, labels in loader:
        batch_size = rows.shape[0]
        loss = nn.functional.binary_cross_entropy_with_logits(net(rows).squeeze(1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * batch_size
    return total / len(loader.dataset)


def valid_loss(loader):
    total = 0.0
    with torch.no_grad():
        for rows, labels in loader:
            loss = nn.functional.binary_cross_entropy_with_logits(net(rows).squeeze(1), labels)
            total += loss.item() * batch_size
    return total / len(loader.dataset)


for epoch in range(8):
    print(epoch, round(epoch_loss(train), 4), round(valid_loss(whole), 4))
