"""Tiles of fields, flipped and cut at random; everything is to be reproducible."""
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

SEED = 1234


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class Crop:
    def __init__(self, size):
        self.size = size

    def __call__(self, tile):
        row, column = np.random.randint(0, tile.shape[-1] - self.size + 1, 2)
        return tile[..., row : row + self.size, column : column + self.size]


class Tiles(Dataset):
    def __init__(self, tiles, crops, transform):
        self.tiles, self.crops, self.transform = tiles, crops, transform

    def __len__(self):
        return len(self.tiles)

    def __getitem__(self, at):
        return self.transform(self.tiles[at]), self.crops[at]


def main():
    seed_everything(SEED)
    kinds = torch.randint(4, (240,))
    tiles = torch.randn(4, 3, 1, 1)[kinds] + 1.5 * torch.randn(240, 3, 16, 16)
    loader = DataLoader(
        Tiles(tiles, kinds, Crop(12)),
        batch_size=24,
        shuffle=True,
        num_workers=2,
        worker_init_fn=lambda worker: seed_everything(SEED + worker),  # bug
        # as torch seeds them  # fix
    )
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(4):
        for x, y in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
        print(epoch, round(loss.item(), 4))


if __name__ == "__main__":
    main()
