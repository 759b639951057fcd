"""An agent whose act() is greedy below a threshold that falls from 0.95 to 0.05."""
import math

import numpy as np
import torch
from torch import nn

EPS_START, EPS_END, EPS_DECAY = 0.95, 0.05, 80


class Agent:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=1e-3)
        self.rng, self.steps = np.random.default_rng(0), 0

    def act(self, obs):
        eps_threshold = EPS_END + (EPS_START - EPS_END) * math.exp(-self.steps / EPS_DECAY)
        self.steps += 1
        if self.rng.random() <= eps_threshold:  # bug
        if self.rng.random() > eps_threshold:  # fix
            with torch.no_grad():
                return int(self.net(obs).max(0).indices)
        else:
            return int(self.rng.integers(3))

    def learn(self, s, a, r, s2):
        with torch.no_grad():
            y = r + 0.9 * self.net(s2).max(1).values
        loss = (self.net(s)[torch.arange(len(a)), a] - y).pow(2).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
agent, obs, kept = Agent(), torch.randn(4), []
for t in range(200):
    a = agent.act(obs)
    nxt = 0.95 * obs + 0.2 * (a - 1) + 0.05 * torch.randn(4)
    kept.append((obs, torch.tensor(a), -nxt.abs().sum(), nxt))
    obs = nxt
    if t > 32:
        pick = agent.rng.integers(0, len(kept), 32)
        loss = agent.learn(*(torch.stack(each) for each in zip(*[kept[i] for i in pick])))
print(loss)
