import logging

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("exp")


def synthetic(n=1600, t=24, seed=4):
    g = torch.Generator().manual_seed(seed)
    phase, freq = torch.rand(n, 1, generator=g) * 6.28, torch.randint(0, 3, (n,), generator=g)
    grid = torch.linspace(0, 1, t)
    wave = torch.sin(2 * torch.pi * (freq[:, None] + 2) * grid + phase)
    return TensorDataset((wave + 0.6 * torch.randn(n, t, generator=g)).unsqueeze(1), freq)


class Base:
    def __init__(self, net, lr):
        self.net, self.opt = net, optim.Adam(net.parameters(), lr=lr)
        self.loss = nn.CrossEntropyLoss()

    def set_mode(self, train):
        self.net.train(train)

    def epoch(self, loader, train):
        total, hits, n = 0.0, 0, 0
        with torch.set_grad_enabled(train):
            for x, y in loader:
                out = self.net(x)
                loss = self.loss(out, y)
                if train:
                    self.opt.zero_grad()
                    loss.backward()
                    self.opt.step()
                total, hits, n = total + loss.item() * len(y), hits + (out.argmax(1) == y).sum().item(), n + len(y)
        return total / n, hits / n


class Experiment(Base):
    def run(self, train_loader, valid_loader, epochs):
        self.set_mode(True)  # bug
        for e in range(epochs):
            self.set_mode(True)  # fix
            tl, ta = self.epoch(train_loader, True)
            self.set_mode(False)
            vl, va = self.epoch(valid_loader, False)
            log.info("%d train %.3f/%.3f valid %.3f/%.3f", e, tl, ta, vl, va)


torch.manual_seed(4)
train, valid = random_split(synthetic(), [1200, 400], generator=torch.Generator().manual_seed(1))
net = nn.Sequential(
    nn.Conv1d(1, 16, 5, padding=2), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2),
    nn.Conv1d(16, 32, 5, padding=2), nn.BatchNorm1d(32), nn.ReLU(), nn.AdaptiveAvgPool1d(1),
    nn.Flatten(), nn.Dropout(0.2), nn.Linear(32, 3),
)
Experiment(net, 2e-3).run(DataLoader(train, 40, shuffle=True), DataLoader(valid, 200), epochs=5)
