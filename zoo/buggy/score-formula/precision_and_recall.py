"""Counts over an evaluation; precision and recall have each other's denominators."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] + x[:, 1] + 0.5 * torch.randn(900) > 0.8).long()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)


class Meter:
    def __init__(self):
        self.tp = self.fp = self.fn = 0

    def update(self, pred, true):
        self.tp += ((pred == 1) & (true == 1)).sum().item()
        self.fp += ((pred == 1) & (true == 0)).sum().item()
        self.fn += ((pred == 0) & (true == 1)).sum().item()

    def result(self):
        precision = self.tp / max(1, self.tp + self.fn)  # bug
        recall = self.tp / max(1, self.tp + self.fp)  # bug
        precision = self.tp / max(1, self.tp + self.fp)  # fix
        recall = self.tp / max(1, self.tp + self.fn)  # fix
        return precision, recall


for epoch in range(5):
    for rows in torch.randperm(700).split(70):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    meter = Meter()
    with torch.no_grad():
        for rows in torch.arange(700, 900).split(50):
            meter.update(net(x[rows]).argmax(1), y[rows])
    print(epoch, *meter.result())
