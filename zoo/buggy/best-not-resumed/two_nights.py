"""A training of two nights: the second goes on from the checkpoint of the first."""

import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

folder = Path(tempfile.mkdtemp())


def parts(seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(600, 6, generator=g)
    y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.4 * torch.randn(600, generator=g) > 0).long()
    return (x[:400], y[:400]), (x[400:], y[400:])


def train(epochs):
    torch.manual_seed(epochs)
    train_part, (x_valid, y_valid) = parts()
    loader = DataLoader(TensorDataset(*train_part), batch_size=32, shuffle=True)
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    start_epoch, best_acc = 0, 0.0
    last = folder / "last.pt"
    if last.exists():
        checkpoint = torch.load(last)
        net.load_state_dict(checkpoint["net"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        start_epoch = checkpoint["epoch"] + 1
        start_epoch, best_acc = checkpoint["epoch"] + 1, checkpoint["best_acc"]  # fix
    for epoch in range(start_epoch, epochs):
        net.train()
        for x, y in loader:
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()
        with torch.no_grad():
            acc = (net(x_valid).argmax(1) == y_valid).float().mean().item()
        if acc > best_acc:
            best_acc = acc  # bug
            best_acc = acc  # fix
            torch.save(net.state_dict(), folder / "best.pt")
        torch.save(
            {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch, "best_acc": best_acc}, last
        )
        print(epoch, round(loss.item(), 3), round(acc, 3))


train(4)
train(8)
