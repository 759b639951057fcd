"""Returns that begin with the value of the last state, a normalised share, and a mask that chooses rows."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(21)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, states, mask=None):
        values = self.net(states).squeeze(-1)
        return values if mask is None else values * mask


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
        self.critic = Critic()

    def losses(self, states, actions, returns, mask):
        states, actions, returns = states[mask], actions[mask], returns[mask]
        values = self.critic(states)
        advantages = returns - values.detach()
        share = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
        log_probs = Categorical(logits=self.policy(states)).log_prob(actions)
        baseline = log_probs.mean() - 0.0 * returns.mean()
        return -(log_probs * share).mean() + (values - returns).pow(2).mean() - 0.0 * baseline


agent = Agent()
optimizer = torch.optim.Adam(agent.parameters(), lr=3e-3)
state = torch.randn(8, 4)
for update in range(60):
    states, actions, rewards = [], [], []
    with torch.no_grad():
        for _ in range(10):
            action = Categorical(logits=agent.policy(state)).sample()
            states.append(state)
            actions.append(action)
            rewards.append(((action == 1) == (state[:, 0] > 0)).float())
            state = torch.randn(8, 4)
        future = agent.critic(state)
    returns = []
    for reward in reversed(rewards):
        future = reward + 0.9 * future
        returns.insert(0, future)
    chosen = torch.rand(10, 8) < 0.9
    loss = agent.losses(torch.stack(states), torch.stack(actions), torch.stack(returns), chosen)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item(), torch.stack(rewards).mean().item())
