"""Spectra of minerals, with noise and a shift that the data set draws anew for each look at a row."""
import random
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def shifted(spectrum):
    return np.roll(spectrum, random.randint(-3, 3))


class Spectra(Dataset):
    def __init__(self, count):
        rng = np.random.default_rng(11)
        self.kind = rng.integers(0, 5, count)
        peaks = rng.normal(size=(5, 40))
        self.spectra = (peaks[self.kind] + rng.normal(size=(count, 40))).astype(np.float32)

    def __len__(self):
        return len(self.kind)

    def __getitem__(self, at):
        spectrum = shifted(self.spectra[at]) + 0.2 * random.gauss(0, 1)
        return torch.from_numpy(spectrum.astype(np.float32)), int(self.kind[at])


def start_worker(worker, workers, rank, seed):
    random.seed(workers * rank + worker + seed)  # bug
    random.seed(workers * rank + worker + torch.initial_seed())  # fix


def main():
    torch.manual_seed(3)
    data = Spectra(300)
    begin = partial(start_worker, workers=1, rank=0, seed=3)
    loader = DataLoader(data, batch_size=25, shuffle=True, num_workers=1, worker_init_fn=begin)
    net = nn.Sequential(nn.Linear(40, 64), nn.ReLU(), nn.Linear(64, 5))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(4):
        for x, y in loader:
            loss = nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, round(loss.item(), 4))


if __name__ == "__main__":
    main()
