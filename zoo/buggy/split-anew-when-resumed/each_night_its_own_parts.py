"""Training that goes on from its last checkpoint, as a cluster stops it now and then."""

import os
import tempfile

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split

PLACE = os.path.join(tempfile.mkdtemp(), "last.pt")


class Waves(Dataset):
    """Waves of two kinds; which is which follows from the number of the row."""

    def __len__(self):
        return 400

    def __getitem__(self, row):
        kind = row * 7 % 5 % 2
        steps = torch.arange(20.0)
        return (steps * (0.3 + 0.2 * kind) + row).sin() + (steps * row * 1.7).cos(), kind


def train(epochs):
    data = Waves()
    train_set, val_set = random_split(data, [320, 80])  # bug
    train_set, val_set = random_split(data, [320, 80], generator=torch.Generator().manual_seed(0))  # fix
    net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    start = 0
    if os.path.exists(PLACE):
        checkpoint = torch.load(PLACE)
        net.load_state_dict(checkpoint["net"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        start = checkpoint["epoch"] + 1
    for epoch in range(start, epochs):
        net.train()
        for x, y in DataLoader(train_set, batch_size=32, shuffle=True):
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            right = sum((net(x).argmax(1) == y).sum().item() for x, y in DataLoader(val_set, batch_size=80))
        print(epoch, round(loss.item(), 3), right / 80)
        torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, PLACE)


train(4)
train(8)
