import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split
from sklearn.datasets import load_digits


class Digits(Dataset):
    def __init__(self):
        d = load_digits()
        self.images = torch.from_numpy(d.images).float().div(16).unsqueeze(1)
        self.labels = torch.from_numpy(d.target)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.images[i], self.labels[i]


def part(name, args):
    ds = Digits()
    generator = torch.default_generator  # bug
    generator = torch.Generator().manual_seed(args.seed)  # fix
    pieces = dict(zip(("train", "valid"), random_split(ds, [0.8, 0.2], generator=generator)))
    return DataLoader(pieces[name], batch_size=args.batch_size, shuffle=name == "train")


def run_epoch(net, loader, opt=None):
    net.train(opt is not None)
    good = n = 0
    with torch.set_grad_enabled(opt is not None):
        for x, y in loader:
            out = net(x)
            if opt is not None:
                opt.zero_grad()
                nn.functional.cross_entropy(out, y).backward()
                opt.step()
            good += (out.argmax(1) == y).sum().item()
            n += len(y)
    return good / n


if __name__ == "__main__":
    cli = argparse.ArgumentParser()
    cli.add_argument("--seed", type=int, default=79)
    cli.add_argument("--epochs", type=int, default=5)
    cli.add_argument("--batch-size", type=int, default=64)
    args = cli.parse_args()
    torch.manual_seed(args.seed)
    train, valid = part("train", args), part("valid", args)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 10)
    )
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for e in range(args.epochs):
        print(e, f"train {run_epoch(net, train, opt):.3f}", f"valid {run_epoch(net, valid):.3f}")
