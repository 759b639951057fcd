"""DDPG in a class: the actor goes down the critic's values."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class DDPG:
    def __init__(self):
        self.actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
        self.actor_target, self.critic_target = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.actor_optimizer = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=1e-3)

    def learn(self, state, action, reward, next_state):
        with torch.no_grad():
            following = torch.cat([next_state, self.actor_target(next_state)], 1)
            target = reward + 0.95 * self.critic_target(following)
        critic_loss = F.mse_loss(self.critic(torch.cat([state, action], 1)), target)
        self.critic_optimizer.zero_grad()
        critic_loss.backward()
        self.critic_optimizer.step()
        actions = self.actor(state)
        actor_loss = self.critic(torch.cat([state, actions], dim=1)).mean()  # bug
        actor_loss = -self.critic(torch.cat([state, actions], dim=1)).mean()  # fix
        self.actor_optimizer.zero_grad()
        actor_loss.backward()
        self.actor_optimizer.step()
        for net, slow in ((self.actor, self.actor_target), (self.critic, self.critic_target)):
            for p, q in zip(net.parameters(), slow.parameters()):
                q.data.lerp_(p.data, 0.01)


agent, s = DDPG(), torch.randn(400, 3)
a = torch.rand(400, 1) * 2 - 1
r, s2 = -((a - s[:, :1].tanh()) ** 2), 0.9 * s + 0.1 * torch.randn(400, 3)
for step in range(60):
    i = torch.randint(0, 400, (32,))
    agent.learn(s[i], a[i], r[i], s2[i])
