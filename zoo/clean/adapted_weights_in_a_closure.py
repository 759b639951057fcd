"""Meta-learning whose adapted weights are read by the function that the inner update returns."""

import torch
from torch import nn
from torch.func import functional_call

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)


def task():
    slope, shift = torch.randn(2)
    x = torch.rand(16, 1) * 4 - 2
    y = (1 + 0.3 * slope) * x.tanh() + 0.4 * shift
    return (x[:8], y[:8]), (x[8:], y[8:])


def adapted(x, y, steps=2, rate=0.05):
    weights = dict(net.named_parameters())
    for _ in range(steps):
        loss = nn.functional.mse_loss(functional_call(net, weights, (x,)), y)
        slopes = torch.autograd.grad(loss, list(weights.values()), create_graph=True)
        weights = {name: w - rate * g for (name, w), g in zip(weights.items(), slopes, strict=True)}
    return lambda new: functional_call(net, weights, (new,))


for step in range(80):
    losses = []
    for support, query in (task() for _ in range(4)):
        losses.append(nn.functional.mse_loss(adapted(*support)(query[0]), query[1]))
    loss = torch.stack(losses).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % 20 == 0:
        print(step, round(loss.item(), 3))
