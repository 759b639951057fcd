"""A penalty that is to hold a tuned net near the one it began as: the copy is made in the function of the penalty."""
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Tuner:
    def __init__(self, net, strength):
        self.net, self.strength = net, strength
        self.start = copy.deepcopy(net)

    def penalty(self):
        start = copy.deepcopy(self.net)  # bug
        start = self.start  # fix
        total = torch.zeros(())
        for now, then in zip(self.net.parameters(), start.parameters()):
            total = total + (now - then.detach()).square().sum()
        return self.strength * total

    def fit(self, rows, labels):
        optimizer = torch.optim.SGD(self.net.parameters(), lr=0.05)
        for epoch in range(3):
            for chosen in torch.randperm(len(rows)).split(30):
                loss = nn.functional.cross_entropy(self.net(rows[chosen]), labels[chosen]) + self.penalty()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            print(f"epoch {epoch}: {loss.item():.3f}")


rows = torch.randn(600, 10)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
Tuner(net, 0.1).fit(rows, rows[:, :3].argmax(1))
