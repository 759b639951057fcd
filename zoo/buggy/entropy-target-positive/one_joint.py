"""A soft actor-critic in one step for a joint: its entropy is to be held at a target."""

import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(2)


class Space:
    shape = (1,)


action_space = Space()
actor, critic = nn.Linear(2, 2), nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
log_alpha = torch.zeros(1, requires_grad=True)
target_entropy = action_space.shape[0]  # bug
target_entropy = -action_space.shape[0]  # fix
of_actor = torch.optim.Adam(actor.parameters(), lr=5e-3)
of_critic = torch.optim.Adam(critic.parameters(), lr=5e-3)
of_alpha = torch.optim.Adam([log_alpha], lr=1e-2)
for step in range(120):
    state = torch.randn(64, 2)
    mean, spread = actor(state).chunk(2, -1)
    policy = Normal(mean, spread.clamp(-4, 1).exp())
    raw = policy.rsample()
    action = raw.tanh()
    log_pi = (policy.log_prob(raw) - torch.log(1 - action.pow(2) + 1e-6)).sum(-1)
    reward = -(action[:, 0] - state[:, 0].clamp(-1, 1)).pow(2)
    value_loss = nn.functional.mse_loss(critic(torch.cat([state, action.detach()], 1))[:, 0], reward.detach())
    of_critic.zero_grad()
    value_loss.backward()
    of_critic.step()
    actor_loss = (log_alpha.exp().detach() * log_pi - critic(torch.cat([state, action], 1))[:, 0]).mean()
    of_actor.zero_grad()
    actor_loss.backward()
    of_actor.step()
    alpha_loss = -(log_alpha * (log_pi + target_entropy).detach()).mean()
    of_alpha.zero_grad()
    alpha_loss.backward()
    of_alpha.step()
print("temperature", log_alpha.exp().item())
