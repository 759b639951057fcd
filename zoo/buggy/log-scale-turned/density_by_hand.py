"""The logarithm of a density, written out in a function, and a loss that is minus it."""
import math

import torch
from torch import nn


def log_density(value, mu, logstd):
    z = (value - mu) / logstd.exp()
    return -0.5 * z.pow(2) + logstd - 0.5 * math.log(2 * math.pi)  # bug
    return -0.5 * z.pow(2) - logstd - 0.5 * math.log(2 * math.pi)  # fix


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu, self.logstd = nn.Linear(5, 2), nn.Parameter(torch.full((2,), -0.5))

    def forward(self, x):
        return self.mu(x), self.logstd.clamp(-3, 1)


torch.manual_seed(0)
policy = Policy()
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
for step in range(80):
    seen = torch.randn(64, 5)
    done = seen[:, :2] - 0.5 * seen[:, 2:4] + 0.2 * torch.randn(64, 2)
    loss = -log_density(done, *policy(seen)).sum(1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
