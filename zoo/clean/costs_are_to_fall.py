"""A policy whose costs are to be small: their sum times the log-probability is the loss, and a critic of costs is followed downwards."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
for step in range(60):
    state = torch.randn(64, 4)
    dist = Categorical(logits=policy(state))
    action = dist.sample()
    cost = (action - state[:, 0].round().clamp(0, 2)).abs()
    baseline = cost.mean()
    loss = ((cost - baseline) * dist.log_prob(action)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

actor = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 1), nn.Tanh())
cost_critic = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1))
actor_optimizer = torch.optim.Adam(actor.parameters(), lr=2e-3)
critic_optimizer = torch.optim.Adam(cost_critic.parameters(), lr=2e-3)
for step in range(60):
    state, action = torch.randn(64, 3), torch.rand(64, 1) * 2 - 1
    cost = (action - state[:, :1].tanh()).square()
    critic_optimizer.zero_grad()
    F.mse_loss(cost_critic(torch.cat([state, action], 1)), cost).backward()
    critic_optimizer.step()
    actor_optimizer.zero_grad()
    cost_critic(torch.cat([state, actor(state)], 1)).mean().backward()
    actor_optimizer.step()
