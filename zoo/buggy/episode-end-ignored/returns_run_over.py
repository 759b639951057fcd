"""Returns of a rollout of several episodes run over their ends."""
import random
import torch
from torch import nn
from torch.distributions import Categorical
random.seed(0); torch.manual_seed(0)
class Env:
    def reset(self): self.x, self.t = 0.0, 0; return [self.x, 1.0]
    def step(self, a):
        self.x += 0.3 if a else -0.3; self.t += 1
        return [self.x, 1.0], (1.0 if self.x > 1 else 0.0), abs(self.x) > 1 or self.t > 20
env = Env(); net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 1e-2); gamma = 0.98
obs = env.reset()
for update in range(12):
    states, actions, rewards, dones = [], [], [], []
    for _ in range(64):
        with torch.no_grad(): a = Categorical(logits=net(torch.tensor(obs))).sample().item()
        nxt, r, done = env.step(a)
        states.append(obs); actions.append(a); rewards.append(r); dones.append(done)
        obs = nxt
        if done: obs = env.reset()
    returns, R = [], 0.0
    for r in reversed(rewards):  # bug
        R = r + gamma * R  # bug
    for r, end in zip(reversed(rewards), reversed(dones)):  # fix
        R = r + gamma * R * (not end)  # fix
        returns.insert(0, R)
    returns = torch.tensor(returns); returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = -(Categorical(logits=net(torch.tensor(states))).log_prob(torch.tensor(actions)) * returns).mean()
    opt.zero_grad(); loss.backward(); opt.step()
