"""Walkers with a time limit; a buffer's push gets both ends in one flag, and the critic takes it for the last of them."""
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)


class Buffer:
    def __init__(self):
        self.rows = []

    def push(self, *row):
        self.rows.append([torch.as_tensor(np.asarray(each, dtype=np.float32)) for each in row])

    def draw(self, count):
        chosen = [self.rows[at] for at in rng.integers(0, len(self.rows), count)]
        return [torch.cat(each) for each in zip(*chosen)]


class Walkers:
    """Each is pushed about, and falls beyond 3; after fifteen steps all of them are brought back."""

    def reset(self):
        self.at, self.steps = rng.uniform(-1, 1, (16, 1)), 0
        return self.at.copy()

    def step(self):
        self.at = self.at + 0.4 * rng.normal(size=(16, 1))
        self.steps += 1
        fell = np.abs(self.at[:, 0]) > 3
        return self.at.copy(), 1 - 0.2 * np.abs(self.at[:, 0]), fell, np.full(16, self.steps >= 15)


critic = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(critic.parameters(), lr=3e-3)
walkers, buffer = Walkers(), Buffer()
now = walkers.reset()
for turn in range(300):
    after, reward, terminated, truncated = walkers.step()
    ended = np.logical_or(terminated, truncated)
    buffer.push(now, reward, after, ended)  # bug
    buffer.push(now, reward, after, terminated)  # fix
    now = walkers.reset() if ended.any() else after
    seen, gain, following, done = buffer.draw(4)
    with torch.no_grad():
        target = gain + 0.95 * (1.0 - done) * critic(following).squeeze(1)
    loss = (critic(seen).squeeze(1) - target).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
