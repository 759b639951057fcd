"""A normalising flow of affine couplings, trained by likelihood, sampled afterwards."""
import math

import torch
from sklearn.datasets import make_moons
from torch import nn


class Coupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 2))

    def forward(self, x):
        a, b = x.flip(1).chunk(2, 1) if self.flip else x.chunk(2, 1)
        log_s, t = self.net(a).chunk(2, 1)
        log_s = torch.tanh(log_s)
        out = torch.cat([a, b * log_s.exp() + t], 1)
        return out.flip(1) if self.flip else out, log_s.squeeze(1)

    def inverse(self, y):
        a, b = y.flip(1).chunk(2, 1) if self.flip else y.chunk(2, 1)
        log_s, t = self.net(a).chunk(2, 1)
        out = torch.cat([a, (b - t) * (-torch.tanh(log_s)).exp()], 1)
        return out.flip(1) if self.flip else out


class Flow(nn.Module):
    def __init__(self, depth=4):
        super().__init__()
        self.layers = nn.ModuleList(Coupling(i % 2 == 1) for i in range(depth))

    def log_prob(self, x):
        total = torch.zeros(len(x))
        for layer in self.layers:
            x, log_det = layer(x)
            total = total + log_det
        return total - 0.5 * x.pow(2).sum(1) - math.log(2 * math.pi)

    @torch.no_grad()
    def sample(self, n):
        z = torch.randn(n, 2)
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


torch.manual_seed(0)
moons = torch.tensor(make_moons(1000, noise=0.1, random_state=0)[0], dtype=torch.float32)
moons = (moons - moons.mean(0)) / moons.std(0)
flow = Flow()
opt = torch.optim.Adam(flow.parameters(), lr=5e-3)
for step in range(60):
    loss = -flow.log_prob(moons[torch.randint(0, 1000, (128,))]).mean()
    opt.zero_grad(); loss.backward(); opt.step()
    if step % 20 == 0:
        print(step, loss.item())
print(flow.sample(5))
