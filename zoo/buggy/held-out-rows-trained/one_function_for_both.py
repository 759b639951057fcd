"""One function trains and validates, and steps in both."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(5)
inputs = torch.randn(480, 7)
amounts = inputs @ torch.randn(7, 1) + 0.3 * torch.randn(480, 1)
train_part, val_part = random_split(TensorDataset(inputs, amounts), [400, 80])
train_loader = DataLoader(train_part, 40, shuffle=True)
val_loader = DataLoader(val_part, 40)
net = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.MSELoss()


def run_epoch(loader, training):
    net.train(training)
    total = 0.0
    for x, y in loader:
        loss = criterion(net(x), y)
        if True:  # bug
        if training:  # fix
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(x)
    return total / len(loader.dataset)


for epoch in range(4):
    print(run_epoch(train_loader, True), run_epoch(val_loader, False))
