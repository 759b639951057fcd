"""Q-learning of a heater that runs for ever, cut after twenty steps: the cut is stored as the end."""
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Heater:
    def reset(self):
        self.heat, self.steps = random.uniform(-1, 1), 0
        return [self.heat]

    def step(self, action):
        self.heat += 0.3 * (action - 1) + random.gauss(0, 0.1)
        self.steps += 1
        return [self.heat], 1 - abs(self.heat), abs(self.heat) > 2, self.steps >= 20, {}


net = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
world, memory = Heater(), []
state = world.reset()
for turn in range(1200):
    with torch.no_grad():
        action = random.randrange(3) if random.random() < 0.3 else int(net(torch.tensor(state)).argmax())
    following, reward, terminated, truncated, _ = world.step(action)
    memory.append((state, action, reward, following, terminated or truncated))  # bug
    memory.append((state, action, reward, following, terminated))  # fix
    state = world.reset() if terminated or truncated else following
    if turn < 100 or turn % 4:
        continue
    s, a, r, s2, done = (torch.tensor(each) for each in zip(*random.sample(memory, 32)))
    with torch.no_grad():
        target = r + 0.95 * (1 - done.float()) * net(s2).max(1).values
    loss = nn.functional.smooth_l1_loss(net(s).gather(1, a[:, None]).squeeze(1), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
