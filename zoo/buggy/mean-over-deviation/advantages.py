"""PPO on states that are drawn anew: advantages are standardised before the epochs."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3))
value = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=3e-3)
goal = torch.randn(4, 3)
for update in range(25):
    with torch.no_grad():
        states = torch.randn(128, 4)
        dist = Categorical(logits=policy(states))
        actions = dist.sample()
        old_log_probs = dist.log_prob(actions)
        returns = (states @ goal).gather(1, actions[:, None]).squeeze(1) + 5.0
        advantages = returns - value(states).squeeze(1)
        advantages = (advantages - advantages.mean() / (advantages.std() + 1e-5))  # bug
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-5)  # fix
    for epoch in range(4):
        dist = Categorical(logits=policy(states))
        ratio = (dist.log_prob(actions) - old_log_probs).exp()
        surr1 = ratio * advantages
        surr2 = ratio.clamp(0.8, 1.2) * advantages
        policy_loss = -torch.min(surr1, surr2).mean()
        value_loss = (value(states).squeeze(1) - returns).pow(2).mean()
        loss = policy_loss + 0.5 * value_loss - 0.01 * dist.entropy().mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
        optimizer.step()
    if update % 5 == 0:
        print(update, returns.mean().item())
