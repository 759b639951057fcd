"""The critic learns from the squares of the advantages, in which the value of the next state has a graph too."""
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
WALKERS, STEPS, DISCOUNT = 8, 6, 0.95


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))

    def forward(self, place):
        return self.layers(place).squeeze(1)


actor, critic = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 2)), Critic()
actor_opt = torch.optim.Adam(actor.parameters(), lr=3e-3)
critic_opt = torch.optim.Adam(critic.parameters(), lr=3e-3)
place = torch.randn(WALKERS, 3)
for update in range(60):
    rewards, values, log_probs = [], [], []
    for _ in range(STEPS):
        choice = Categorical(logits=actor(place))
        action = choice.sample()
        values.append(critic(place))
        log_probs.append(choice.log_prob(action))
        place = 0.9 * place + 0.2 * (action[:, None] - 0.5) + 0.1 * torch.randn(WALKERS, 3)
        rewards.append(-place.abs().sum(1))
    values.append(critic(place).detach())
    values = torch.stack(values)
    rewards = torch.stack(rewards)
    advantage = rewards + DISCOUNT * values[1:] - values[:-1]  # bug
    advantage = rewards + DISCOUNT * values[1:].detach() - values[:-1]  # fix
    critic_opt.zero_grad()
    advantage.square().mean().backward()
    critic_opt.step()
    actor_opt.zero_grad()
    (-torch.stack(log_probs) * advantage.detach()).mean().backward()
    actor_opt.step()
print(rewards.mean().item())
