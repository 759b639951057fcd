"""PPO on a cart: rewards and ends of a rollout are stored in pairs."""
from dataclasses import dataclass
import torch
import torch.nn as nn
@dataclass
class Config:
    steps: int = 40; updates: int = 18; epochs: int = 4; gamma: float = 0.98; lam: float = 0.95; lr: float = 1e-3
class Agent(nn.Module):
    def __init__(self):
        super().__init__(); self.actor = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 2)); self.critic = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
    def act(self, s, a=None):
        d = torch.distributions.Categorical(logits=self.actor(s)); a = d.sample() if a is None else a
        return a, d.log_prob(a), d.entropy(), self.critic(s).squeeze(-1)
class Env:
    def reset(self): self.x, self.v, self.k = 0.0, 0.0, 0; return self.see()
    def see(self): return torch.tensor([self.x, self.v, self.k / 15])
    def step(self, a):
        self.v = 0.9 * self.v + (0.2 if a else -0.2) + 0.05 * torch.randn(()).item(); self.x += self.v; self.k += 1
        done = abs(self.x) > 1.5 or self.k >= 15
        return self.see(), 1.0 - self.x ** 2, done
class Buffer:
    def __init__(self, n): self.obs, self.act, self.logp, self.rew, self.val, self.done = torch.zeros(n, 3), torch.zeros(n, dtype=torch.long), *[torch.zeros(n) for _ in range(4)]
def compute_gae(b, last_value, last_done, c):
    n = len(b.rew); adv = torch.zeros(n); acc = 0.0
    for t in reversed(range(n)):
        if t == n - 1:
            alive, nv = 1 - last_done, last_value
        else:
            alive, nv = 1.0 - b.done[t + 1], b.val[t + 1]  # bug
            alive, nv = 1.0 - b.done[t], b.val[t + 1]  # fix
        delta = b.rew[t] + c.gamma * nv * alive - b.val[t]
        acc = delta + c.gamma * c.lam * alive * acc; adv[t] = acc
    return adv, adv + b.val
def main():
    torch.manual_seed(21); c = Config(); agent = Agent(); opt = torch.optim.Adam(agent.parameters(), lr=c.lr); env = Env(); o = env.reset()
    for _ in range(c.updates):
        b = Buffer(c.steps)
        for t in range(c.steps):
            with torch.no_grad(): a, lp, _, v = agent.act(o)
            b.obs[t], b.act[t], b.logp[t], b.val[t] = o, a, lp, v
            o, r, done = env.step(a.item()); b.rew[t], b.done[t] = r, float(done)
            if done: o = env.reset()
        with torch.no_grad(): adv, ret = compute_gae(b, agent.act(o)[3], float(done), c)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        for _ in range(c.epochs):
            _, lp, ent, v = agent.act(b.obs, b.act); ratio = torch.exp(lp - b.logp)
            loss = torch.max(-adv * ratio, -adv * ratio.clamp(0.8, 1.2)).mean() + 0.5 * ((v - ret) ** 2).mean() - 0.01 * ent.mean()
            opt.zero_grad(); loss.backward(); opt.step()
    print(b.rew.mean().item())
main()
