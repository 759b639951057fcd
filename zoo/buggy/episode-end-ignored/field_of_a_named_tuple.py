"""The end of an episode is stored as field `e` of a named tuple, and taken out without being used."""
import random
from collections import deque, namedtuple
import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(3)
torch.manual_seed(3)
Memory = namedtuple("Memory", ["o", "u", "w", "n", "e"])
value = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(value.parameters(), lr=3e-3)
kept, gamma = deque(maxlen=500), 0.9


class Ladder:
    def reset(self):
        self.height = 2
        return torch.tensor([float(self.height)])

    def step(self, action):
        self.height += 1 if action else -1
        done = self.height in (0, 5)
        return torch.tensor([float(self.height)]), float(self.height == 5), done


env = Ladder()
for episode in range(60):
    seen, done = env.reset(), False
    while not done:
        action = random.randrange(2)
        after, reward, done = env.step(action)
        kept.append(Memory(seen, action, reward, after, float(done)))
        seen = after
        if len(kept) >= 32:
            batch = Memory(*zip(*random.sample(list(kept), 16)))
            o, n = torch.stack(batch.o), torch.stack(batch.n)
            u, w, over = torch.tensor(batch.u), torch.tensor(batch.w), torch.tensor(batch.e)
            with torch.no_grad():
                goal = w + gamma * value(n).max(1).values  # bug
                goal = w + gamma * (1 - over) * value(n).max(1).values  # fix
            loss = F.smooth_l1_loss(value(o).gather(1, u[:, None]).squeeze(1), goal)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
print(loss.item())
