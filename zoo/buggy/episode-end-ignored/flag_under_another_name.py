"""Q-learning on a corridor with a pit; transitions are stored with `crashed` and taken out with `done`."""
import random
from collections import deque
import torch
import torch.nn as nn
import torch.nn.functional as F
random.seed(0); torch.manual_seed(0)
class Corridor:
    def reset(self):
        self.at, self.time = 4, 0
        return [self.at / 8]
    def step(self, action):
        self.at += 1 if action else -1
        self.time += 1
        crashed = self.at <= 0
        return [self.at / 8], 1.0 if self.at < 8 else 2.0, crashed, self.time >= 30
def net():
    return nn.Sequential(nn.Linear(1, 24), nn.ReLU(), nn.Linear(24, 2))
env, gamma, now, old = Corridor(), 0.9, net(), net()
old.load_state_dict(now.state_dict())
opt = torch.optim.Adam(now.parameters(), lr=3e-3)
memory = deque(maxlen=2000)
state = env.reset()
for step in range(700):
    with torch.no_grad():
        action = random.randrange(2) if random.random() < 0.4 else int(now(torch.tensor(state)).argmax())
    after, reward, crashed, late = env.step(action)
    memory.append((state, action, reward, after, crashed))
    state = env.reset() if crashed or late else after
    if step >= 100:
        s, a, r, s2, done = (torch.tensor(part, dtype=torch.float32) for part in zip(*random.sample(memory, 32)))
        with torch.no_grad():
            target = r + gamma * old(s2).max(1).values  # bug
            target = r + gamma * (1 - done) * old(s2).max(1).values  # fix
        loss = F.smooth_l1_loss(now(s).gather(1, a.long()[:, None]).squeeze(1), target)
        opt.zero_grad(); loss.backward(); opt.step()
    if step % 50 == 0:
        old.load_state_dict(now.state_dict())
