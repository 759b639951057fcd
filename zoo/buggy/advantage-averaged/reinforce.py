"""REINFORCE on a bandit with contexts, with standardised returns."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(8)
policy = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
payoff = torch.randn(6, 4)
for episode in range(100):
    context = torch.randn(64, 6)
    chosen = Categorical(logits=policy(context))
    action = chosen.sample()
    returns = (context @ payoff).gather(1, action[:, None]).squeeze(1)
    returns = returns - returns.mean() + 0.3
    log_probs = chosen.log_prob(action)
    loss = -log_probs.mean() * returns.mean()  # bug
    loss = -(log_probs * returns).mean()  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if episode % 25 == 0:
        print(episode, loss.item())
