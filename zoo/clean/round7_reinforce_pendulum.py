import random
from collections import deque
import torch
from torch import nn
from torch.distributions import Categorical
random.seed(0); torch.manual_seed(0)
class Swing:
    def reset(self): self.a, self.t = 0.5, 0; return [self.a, 1.0]
    def step(self, u):
        self.a = 0.95 * self.a + 0.1 * (u - 0.5) + 0.02 * random.gauss(0, 1); self.t += 1
        return [self.a, 1.0], -self.a ** 2, self.t >= 20
env, gamma = Swing(), 0.95
pi = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2)); opt = torch.optim.Adam(pi.parameters(), 3e-3)
for episode in range(15):
    obs, done, logs, rewards, dones = env.reset(), False, [], [], []
    while not done:
        d = Categorical(logits=pi(torch.tensor(obs))); a = d.sample(); logs.append(d.log_prob(a))
        obs, r, done = env.step(a.item()); rewards.append(r); dones.append(done)
    returns, R = [], 0.0
    for r in reversed(rewards): R = r + gamma * R; returns.insert(0, R)
    returns = torch.tensor(returns); loss = -(torch.stack(logs) * (returns - returns.mean())).sum()
    opt.zero_grad(); loss.backward(); opt.step()
q = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2)); old = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2)); old.load_state_dict(q.state_dict())
opt = torch.optim.Adam(q.parameters(), 1e-3); memory = deque(maxlen=1000)
for episode in range(10):
    obs, truncated = env.reset(), False
    while not truncated:
        a = random.randrange(2); nxt, r, truncated = env.step(a); memory.append((obs, a, r, nxt)); obs = nxt
        if len(memory) < 40: continue
        s, a, r, s2 = (torch.tensor(v) for v in zip(*random.sample(memory, 32)))
        with torch.no_grad(): y = r + gamma * old(s2).max(1).values
        loss = (q(s).gather(1, a[:, None]).squeeze(1) - y).pow(2).mean(); opt.zero_grad(); loss.backward(); opt.step()
    old.load_state_dict(q.state_dict())
