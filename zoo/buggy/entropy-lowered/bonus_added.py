"""The entropy bonus of a policy gradient is added to the loss."""
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3)); value = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=3e-3); beta = 0.01
for update in range(25):
    states = torch.randn(128, 4); dist = Categorical(logits=policy(states)); actions = dist.sample()
    rewards = (states[:, :3].argmax(1) == actions).float(); v = value(states).squeeze(1)
    advantage = (rewards - v).detach()
    actor = -(dist.log_prob(actions) * advantage).mean(); critic = (v - rewards).pow(2).mean()
    loss = actor + 0.5 * critic + beta * dist.entropy().mean()  # bug
    loss = actor + 0.5 * critic - beta * dist.entropy().mean()  # fix
    opt.zero_grad(); loss.backward(); opt.step()
