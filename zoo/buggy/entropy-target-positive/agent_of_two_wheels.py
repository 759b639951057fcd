"""An agent class with a tuned temperature for two wheels."""

import numpy as np
import torch
from torch import nn


class Agent:
    def __init__(self, state_dim, action_dim):
        self.policy = nn.Sequential(nn.Linear(state_dim, 24), nn.Tanh(), nn.Linear(24, 2 * action_dim))
        self.entropy_target = torch.tensor(float(action_dim))  # bug
        self.entropy_target = torch.tensor(-float(action_dim))  # fix
        self.log_temperature = torch.tensor(0.0, requires_grad=True)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=3e-3)
        self.of_temperature = torch.optim.Adam([self.log_temperature], lr=1e-2)

    def draw(self, states):
        mean, log_std = self.policy(states).chunk(2, dim=-1)
        normal = torch.distributions.Normal(mean, log_std.clamp(-5.0, 1.0).exp())
        before = normal.rsample()
        actions = torch.tanh(before)
        log_prob = normal.log_prob(before) - 2 * (np.log(2.0) - before - nn.functional.softplus(-2 * before))
        return actions, log_prob.sum(-1)

    def learn(self, states):
        actions, log_prob = self.draw(states)
        temperature = self.log_temperature.exp()
        loss = (temperature.detach() * log_prob + (actions - states[:, :2].clamp(-0.9, 0.9)).pow(2).sum(-1)).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        temperature_loss = (self.log_temperature * (-log_prob - self.entropy_target).detach()).mean()
        self.of_temperature.zero_grad()
        temperature_loss.backward()
        self.of_temperature.step()
        return temperature.item()


torch.manual_seed(4)
agent = Agent(4, 2)
for _ in range(120):
    temperature = agent.learn(torch.randn(64, 4))
print("temperature", temperature)
