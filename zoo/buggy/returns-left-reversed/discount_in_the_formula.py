"""Returns with a discount that is written as a number."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 2))
opt = torch.optim.Adam(policy.parameters(), lr=5e-3)
for episode in range(60):
    place, log_probs, rewards = torch.zeros(1), [], []
    for _ in range(10):
        dist = Categorical(logits=policy(place))
        action = dist.sample()
        place = place + 0.2 * (2 * action - 1)
        log_probs.append(dist.log_prob(action))
        rewards.append(float(place))
    returns, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + 0.98 * total
        returns.append(total)  # bug
        returns.insert(0, total)  # fix
    returns = torch.tensor(returns)
    loss = -(torch.stack(log_probs) * (returns - returns.mean())).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
