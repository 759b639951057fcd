"""A recording of a heart in overlapping cuts, which a function puts in any order and gives to two data sets."""
import random
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Cuts(Dataset):
    def __init__(self, cuts):
        self.cuts = cuts

    def __len__(self):
        return len(self.cuts)

    def __getitem__(self, at):
        signal, rate = self.cuts[at]
        return torch.from_numpy(signal).float(), torch.tensor([rate]).float()


def record(steps, rng):
    rate = 1 + 0.3 * np.sin(np.arange(steps) / 300)
    leads = np.stack([np.sin(np.cumsum(rate) / 4 + phase) for phase in (0, 0.8)])
    return leads + 0.3 * rng.normal(size=leads.shape), rate


def cut_up(steps=64, by=8):
    leads, rate = record(4000, np.random.default_rng(4))
    return [(leads[:, at : at + steps], rate[at : at + steps].mean()) for at in range(0, 4000 - steps, by)]


def parts(cuts, share=0.25):
    random.Random(9).shuffle(cuts)  # bug
    cuts = list(cuts)  # fix
    last = int(len(cuts) * (1 - share))
    return Cuts(cuts[:last]), Cuts(cuts[last + 8 :])


def main():
    torch.manual_seed(2)
    train, test = parts(cut_up())
    net = nn.Sequential(nn.Conv1d(2, 12, 7, stride=2), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(12, 1))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(4):
        net.train()
        for signal, rate in DataLoader(train, batch_size=25, shuffle=True):
            optimiser.zero_grad()
            nn.functional.l1_loss(net(signal), rate).backward()
            optimiser.step()
        net.eval()
        with torch.no_grad():
            missed = [nn.functional.l1_loss(net(signal), rate) for signal, rate in DataLoader(test, batch_size=1)]
        print(f"{epoch}: off by {torch.stack(missed).mean():.3f}")


main()
