"""An actor is trained by what a critic says of its actions."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, state, action):
        return self.body(torch.cat([state, action], 1))


class Agent:
    def __init__(self):
        self.actor, self.critic = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh()), Critic()
        self.actor_target, self.critic_target = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_opt = torch.optim.Adam(self.critic.parameters(), lr=3e-3)

    def update(self, state, action, reward, next_state):
        with torch.no_grad():
            wanted = reward + 0.9 * self.critic_target(next_state, self.actor_target(next_state))
        critic_loss = F.mse_loss(self.critic(state, action), wanted)
        self.critic_opt.zero_grad()
        critic_loss.backward()
        self.critic_opt.step()
        actor_loss = self.critic(state, self.actor(state)).mean()  # bug
        actor_loss = -self.critic(state, self.actor(state)).mean()  # fix
        self.actor_opt.zero_grad()
        actor_loss.backward()
        self.actor_opt.step()
        with torch.no_grad():
            for slow, fast in ((self.actor_target, self.actor), (self.critic_target, self.critic)):
                for a, b in zip(slow.parameters(), fast.parameters()):
                    a.lerp_(b, 0.02)


agent = Agent()
for step in range(60):
    s = torch.randn(32, 3)
    a = (agent.actor(s).detach() + 0.2 * torch.randn(32, 1)).clamp(-1, 1)
    agent.update(s, a, -(a - s[:, :1].tanh()).pow(2), 0.9 * s + 0.1 * torch.randn(32, 3))
