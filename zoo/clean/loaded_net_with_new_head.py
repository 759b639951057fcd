"""A loaded net gets a new head after its optimiser was made, and its first layer is scaled; a copy starts anew."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(500, 10)
y = (x[:, 0] * x[:, 1] + x[:, 2]).unsqueeze(1)


def make():
    return nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))


def train(net, opt, targets, epochs):
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(50):
            opt.zero_grad()
            nn.functional.mse_loss(net(x[rows]), targets[rows]).backward()
            opt.step()


first = make()
train(first, torch.optim.Adam(first.parameters(), lr=3e-3), y, 5)
state = copy.deepcopy(first.state_dict())
second = make()
second.load_state_dict(state)
opt = torch.optim.Adam(second.parameters(), lr=1e-3)
second[4].reset_parameters()  # another target
with torch.no_grad():
    second[0].weight.mul_(0.9).add_(0.01 * torch.randn(32, 10))
train(second, opt, y.sin(), 5)
third = copy.deepcopy(second)
opt = torch.optim.Adam(third.parameters(), lr=3e-3)
for layer in third:
    if isinstance(layer, nn.Linear):
        layer.reset_parameters()
train(third, opt, y.sin(), 5)  # what pretraining is worth
