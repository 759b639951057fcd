import argparse

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

NAMES = ["swipe", "circle", "tap", "zigzag"]


def record(name, n, rng):
    t = np.linspace(0, 1, 20)
    shapes = {
        "swipe": np.stack([t, 0 * t]), "circle": np.stack([np.cos(6.28 * t), np.sin(6.28 * t)]),
        "tap": np.stack([0 * t, -np.exp(-50 * (t - 0.5) ** 2)]), "zigzag": np.stack([t, np.sign(np.sin(12 * t))]),
    }
    return shapes[name] * rng.uniform(0.5, 1.5, (n, 1, 1)) + rng.normal(0, 0.4, (n, 2, 20))


def archive(per_class, seed):
    rng = np.random.default_rng(seed)
    x = np.concatenate([record(name, per_class, rng) for name in NAMES])
    y = np.repeat(np.arange(len(NAMES)), per_class)
    return TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y))


def make_loader(ds, args, shuffle=False):  # bug
def make_loader(ds, args, shuffle=True):  # fix
    return DataLoader(ds, batch_size=args.batch, shuffle=shuffle)


def main():
    cli = argparse.ArgumentParser()
    cli.add_argument("--batch", type=int, default=40)
    cli.add_argument("--epochs", type=int, default=6)
    args = cli.parse_args()
    torch.manual_seed(167)
    train, test = make_loader(archive(250, 0), args), make_loader(archive(80, 1), args, shuffle=False)
    net = nn.Sequential(nn.Conv1d(2, 12, 5, padding=2), nn.ReLU(), nn.Flatten(), nn.Linear(240, 24), nn.ReLU(), nn.Linear(24, 4))
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    for epoch in range(args.epochs):
        net.train()
        total = 0.0
        for x, y in train:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
            total += loss.item()
        net.eval()
        with torch.no_grad():
            hits = sum((net(x).argmax(1) == y).sum().item() for x, y in test)
        print(f"{epoch} loss {total / len(train):.3f} accuracy {hits / len(test.dataset):.3f}")


main()
