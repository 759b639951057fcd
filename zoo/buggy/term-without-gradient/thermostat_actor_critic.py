"""An actor and a critic on one trunk keep a room at 20 degrees: the actions are continuous."""
import torch
from torch import nn
from torch.distributions import Normal


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(2, 32), nn.Tanh())
        self.mean, self.value = nn.Linear(32, 1), nn.Linear(32, 1)
        self.log_std = nn.Parameter(torch.zeros(1))

    def forward(self, state):
        hidden = self.trunk(state)
        return Normal(self.mean(hidden)[:, 0], self.log_std.exp()), self.value(hidden)[:, 0]

    @torch.no_grad()  # bug
    def score(self, policy, actions):
        return policy.log_prob(actions)


def room(warmth, outside, heating):
    return warmth + 0.3 * heating + 0.1 * (outside - warmth)


torch.manual_seed(0)
net = ActorCritic()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for update in range(60):
    warmth, outside = 18 + 2 * torch.randn(32), 10 + 3 * torch.randn(32)
    states, actions, rewards = [], [], []
    for hour in range(12):
        state = torch.stack([(warmth - 20) / 3, (outside - 10) / 3], dim=1)
        with torch.no_grad():
            heating = net(state)[0].sample()
        warmth = room(warmth, outside, heating)
        states.append(state), actions.append(heating), rewards.append(-(warmth - 20).abs() / 5)
    returns, total = [], torch.zeros(32)
    for reward in reversed(rewards):
        total = reward + 0.8 * total
        returns.insert(0, total)
    returns = torch.cat(returns)
    policy, value = net(torch.cat(states))
    advantage = (returns - value).detach()
    advantage = advantage / (advantage.std() + 1e-6)
    loss = -(net.score(policy, torch.cat(actions)) * advantage).mean() + 0.5 * (returns - value).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if update % 15 == 0:
        print(update, f"{-5 * torch.stack(rewards).mean():.2f} degrees off")
