"""Elastic weight consolidation: the second task is to stay near the weights of the first."""

import torch
from torch import nn

torch.manual_seed(6)
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 1))
first, second = torch.randn(8, 1), torch.randn(8, 1)


def train(truth, penalty):
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(60):
        x = torch.randn(64, 8)
        loss = nn.functional.mse_loss(net(x), x @ truth)
        if penalty is not None:
            loss = loss + penalty()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


print("first task", train(first, None))
old = {name: weight.data for name, weight in net.named_parameters()}  # bug
old = {name: weight.detach().clone() for name, weight in net.named_parameters()}  # fix
importance = {name: 1 + torch.rand_like(weight) for name, weight in net.named_parameters()}
print("second task", train(second, lambda: sum(
    (importance[name] * (weight - old[name]) ** 2).sum() for name, weight in net.named_parameters()
)))
