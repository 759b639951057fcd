"""The environment changes the array of its state in place."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import random
from collections import deque
torch.manual_seed(3); random.seed(3); np.random.seed(3)

class Cart:
    def reset(self):
        self.state = np.random.randn(4).astype(np.float32)
        return self.state
    def step(self, action):
        self.state += 0.1 * np.random.randn(4).astype(np.float32) + (0.05 if action else -0.05)  # bug
        self.state = self.state + 0.1 * np.random.randn(4).astype(np.float32) + (0.05 if action else -0.05)  # fix
        return self.state, -float(np.abs(self.state).sum()), random.random() < 0.05

env, buffer = Cart(), deque(maxlen=1000)
q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
qt = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
qt.load_state_dict(q.state_dict())
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
s = env.reset()
for t in range(400):
    a = random.randrange(2)
    s2, r, done = env.step(a)
    buffer.append((s, a, r, s2, done))
    s = env.reset() if done else s2
    if len(buffer) >= 64 and t % 3 == 0:
        batch = random.sample(buffer, 32)
        bs, ba, br, bs2, bd = zip(*batch)
        bs, bs2 = torch.from_numpy(np.stack(bs)), torch.from_numpy(np.stack(bs2))
        ba = torch.tensor(ba).view(-1, 1)
        br, bd = torch.tensor(br).view(-1, 1), torch.tensor(bd, dtype=torch.float32).view(-1, 1)
        with torch.no_grad():
            y = br + 0.98 * qt(bs2).max(1, keepdim=True)[0] * (1 - bd)
        loss = F.smooth_l1_loss(q(bs).gather(1, ba), y)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        if t % 30 == 0:
            qt.load_state_dict(q.state_dict())
