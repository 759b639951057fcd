"""A function warms up and decays the rate of a body and its head."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 48), nn.GELU(), nn.Linear(48, 48), nn.GELU())
        self.head = nn.Linear(48, 4)

    def forward(self, x):
        return self.head(self.body(x))


def adjust_learning_rate(optimizer, step, total, base):
    warm = min(1.0, (step + 1) / 8)
    rate = base * warm * 0.5 * (1 + math.cos(math.pi * step / total))
    optimizer.param_groups[0]["lr"] = rate  # bug
    for group in optimizer.param_groups:  # fix
        group["lr"] = rate * (3 if group.get("is_head") else 1)  # fix
    return rate


def main():
    torch.manual_seed(1)
    net = Reader()
    optimizer = torch.optim.SGD(
        [{"params": net.body.parameters()}, {"params": net.head.parameters(), "lr": 0.15, "is_head": True}], lr=0.05, momentum=0.9
    )
    for step in range(80):
        adjust_learning_rate(optimizer, step, 80, 0.05)
        x = torch.randn(32, 8)
        loss = F.cross_entropy(net(x), x[:, :4].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())


main()
