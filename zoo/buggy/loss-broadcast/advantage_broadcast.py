import torch
from torch import nn
torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
critic = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=3e-3)
for update in range(20):
    states = torch.randn(40, 4)
    dist = torch.distributions.Categorical(logits=actor(states))
    actions = dist.sample()
    returns = (states[:, 0] > 0).float() * actions + 0.1 * torch.randn(40)
    values = critic(states)  # bug
    values = critic(states).squeeze(-1)  # fix
    advantage = returns - values
    policy_loss = -(dist.log_prob(actions) * advantage.detach()).mean()
    value_loss = advantage.pow(2).mean()
    opt.zero_grad()
    (policy_loss + 0.5 * value_loss).backward()
    opt.step()
