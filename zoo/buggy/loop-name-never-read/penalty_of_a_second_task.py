"""A second task is learnt with a penalty on leaving the weights of the first."""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 10)
tasks = [(x @ torch.randn(10) > 0).long() for _ in range(2)]
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
saved = {}


def penalty():
    total = torch.zeros(())
    for name, now in net.named_parameters():
        if name in saved:
            old = saved[name]
            now = old[: len(old)]  # bug
            now = now[: len(old)]  # fix
            total = total + (now - old).pow(2).sum()
    return total


for y in tasks:
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(6):
        for rows in torch.randperm(480).split(32):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows]) + 0.05 * penalty()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    saved = {name: parameter.detach().clone() for name, parameter in net.named_parameters()}
    with torch.no_grad():
        print([(net(x[480:]).argmax(1) == each[480:]).float().mean().item() for each in tasks])
