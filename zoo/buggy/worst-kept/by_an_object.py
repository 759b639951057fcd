"""An object keeps the best weights, and is called with an accuracy."""
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Best:
    def __init__(self):
        self.score, self.weights = 2.0, None  # bug
        self.score, self.weights = -1.0, None  # fix

    def __call__(self, score, net):
        if score < self.score:  # bug
        if score > self.score:  # fix
            self.score = score
            self.weights = copy.deepcopy(net.state_dict())


x = torch.randn(400, 8)
y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
keep = Best()
for epoch in range(8):
    for rows in torch.randperm(300).split(30):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    with torch.no_grad():
        accuracy = (net(x[300:]).argmax(1) == y[300:]).float().mean().item()
    keep(accuracy, net)
net.load_state_dict(keep.weights)
