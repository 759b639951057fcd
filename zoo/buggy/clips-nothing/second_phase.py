"""One function trains in two phases; in the second the parameters are a filter that the optimiser has read."""

import torch
from torch import nn

torch.manual_seed(3)


def train(net, parameters, clipped, steps, rate):
    optimizer = torch.optim.Adam(parameters, lr=rate)
    for _ in range(steps):
        x = torch.randn(32, 6)
        loss = nn.functional.huber_loss(net(x), x[:, :1] - x[:, 1:2])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(clipped, 0.5)
        optimizer.step()
    return loss.item()


net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
print("head and body", train(net, list(net.parameters()), list(net.parameters()), 40, 1e-2))
net[0].requires_grad_(False)
left = filter(lambda weight: weight.requires_grad, net.parameters())  # bug
left = [weight for weight in net.parameters() if weight.requires_grad]  # fix
print("head alone", train(net, left, left, 20, 1e-3))
