"""Log-probabilities of an episode are stacked, and so are its values."""
import torch
import torch.nn as nn
torch.manual_seed(7)
from torch.distributions import Categorical
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
value = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=7e-4)
state = torch.randn(16, 4)
for it in range(60):
    logps, values, rewards = [], [], []
    for t in range(5):
        dist = Categorical(logits=policy(state))
        act = dist.sample()
        logps.append(dist.log_prob(act))
        values.append(value(state).squeeze(1))
        rewards.append((act == (state[:, 0] > 0).long()).float())
        state = 0.9 * state + 0.4 * torch.randn(16, 4)
    with torch.no_grad():
        ret = value(state).squeeze(1)
    returns = []
    for r in reversed(rewards):
        ret = r + 0.9 * ret
        returns.insert(0, ret)
    returns, values, logps = torch.stack(returns), torch.stack(values), torch.stack(logps)
    advantage = returns - values
    actor_loss = -(logps * advantage).mean()  # bug
    actor_loss = -(logps * advantage.detach()).mean()  # fix
    critic_loss = advantage.pow(2).mean()
    opt.zero_grad()
    (actor_loss + 0.5 * critic_loss).backward()
    opt.step()
