"""act() of a Gaussian actor returns an action and the log-probability of a new draw."""
import torch
from torch import nn
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        self.log_std = nn.Parameter(torch.zeros(1))

    def act(self, state):
        m = Normal(self.mean(state), self.log_std.exp())
        a = m.sample()
        other = m.sample()  # bug
        return a, m.log_prob(other).sum(-1)  # bug
        return a, m.log_prob(a).sum(-1)  # fix


torch.manual_seed(0)
actor = Actor()
opt = torch.optim.Adam(actor.parameters(), lr=3e-3)
for episode in range(30):
    s, kept, rewards = torch.randn(3), [], []
    for t in range(15):
        a, log_prob = actor.act(s)
        kept.append(log_prob)
        s = 0.9 * s + 0.1 * a + 0.02 * torch.randn(3)
        rewards.append(-float(s.pow(2).mean()))
    g, returns = 0.0, []
    for r in reversed(rewards):
        g = r + 0.95 * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    loss = -(torch.stack(kept) * (returns - returns.mean())).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
