import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal

torch.manual_seed(1)


class ActorCritic(nn.Module):
    def __init__(self, obs=3, hidden=32):
        super().__init__()
        self.pi = nn.Sequential(nn.Linear(obs, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.v = nn.Sequential(nn.Linear(obs, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.log_std = nn.Parameter(torch.zeros(1))

    def forward(self, obs):
        return Normal(self.pi(obs), self.log_std.exp()), self.v(obs)


def play(agent, steps=64):
    obs, obs_list, act_list, rewards = torch.randn(3), [], [], []
    with torch.no_grad():
        for _ in range(steps):
            dist, _ = agent(obs)
            act = dist.sample()
            obs_list.append(obs)
            act_list.append(act)
            rewards.append(-(act[0] - obs[0]) ** 2 * 0.2)
            obs = 0.7 * obs + 0.7 * torch.randn(3)
    returns, g = [], torch.zeros(())
    for r in reversed(rewards):
        g = r + 0.8 * g
        returns.insert(0, g)
    return torch.stack(obs_list), torch.stack(act_list), torch.stack(returns)


agent = ActorCritic()
optimizer = torch.optim.Adam(agent.parameters(), lr=5e-3)
for update in range(25):
    obs, act, returns = play(agent)
    dist, value = agent(obs)
    value = value.squeeze(-1)  # fix
    with torch.no_grad():
        adv = returns - value.reshape(-1)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    policy_loss = -(dist.log_prob(act).squeeze(-1) * adv).mean()
    value_loss = F.mse_loss(value, returns)
    optimizer.zero_grad()
    (policy_loss + 0.5 * value_loss).backward()
    optimizer.step()
    if update % 8 == 0:
        print(update, returns.mean().item(), value_loss.item())
