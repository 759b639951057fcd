"""Metrics of each epoch are kept by name, and shown at the end."""

import torch
from torch import nn

torch.manual_seed(3)
x = torch.randn(640, 6)
y = x @ torch.randn(6, 1)


class Trainer:
    def __init__(self, net):
        self.net = net
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
        self.history = dict.fromkeys(["loss", "mae"], [])  # bug
        self.history = {name: [] for name in ("loss", "mae")}  # fix

    def fit(self, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(64):
                out = self.net(x[rows])
                loss = nn.functional.mse_loss(out, y[rows])
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            self.history["loss"].append(loss.item())
            self.history["mae"].append((out - y[rows]).abs().mean().item())
        return self.history


print(Trainer(nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))).fit(7))
