"""The state moves on a line before the transition is kept, so that it is the next one; errors are squared by hand."""
import random
from collections import deque
import torch
from torch import nn
random.seed(0); torch.manual_seed(0)
class Swing:
    def reset(self): self.a, self.t = 0.5, 0; return [self.a, random.random()]
    def step(self, u):
        self.a = 0.95 * self.a + 0.1 * (u - 0.5) + 0.02 * random.gauss(0, 1); self.t += 1
        return [self.a, random.random()], -self.a ** 2, self.t >= 20
env, gamma, memory = Swing(), 0.95, deque(maxlen=1000)
def make(): return nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
q, old = make(), make(); old.load_state_dict(q.state_dict()); opt = torch.optim.Adam(q.parameters(), 1e-3)
for episode in range(8):
    obs, truncated = env.reset(), False
    while not truncated:
        a = random.randrange(2); nxt, r, truncated = env.step(a)
        obs = nxt; memory.append((obs, a, r, nxt))  # bug
        memory.append((obs, a, r, nxt)); obs = nxt  # fix
        if len(memory) < 40: continue
        s, a, r, s2 = (torch.tensor(v) for v in zip(*random.sample(memory, 32)))
        with torch.no_grad(): y = r + gamma * old(s2).max(1).values
        loss = (q(s).gather(1, a[:, None]).squeeze(1) - y).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
    old.load_state_dict(q.state_dict())
