"""A deterministic actor and a critic: the next action is that of the state before, judged in the next state."""
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Agent:
    def __init__(self):
        self.actor = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
        self.actor_target, self.critic_target = copy.deepcopy(self.actor), copy.deepcopy(self.critic)
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=1e-3)
        self.critic_opt = torch.optim.Adam(self.critic.parameters(), lr=1e-3)

    def learn(self, batch):
        obs, act, rew, next_obs, done = batch
        with torch.no_grad():
            next_act = self.actor_target(obs)  # bug
            next_act = self.actor_target(next_obs)  # fix
            y = rew + 0.98 * (1 - done) * self.critic_target(torch.cat([next_obs, next_act], 1))
        critic_loss = (self.critic(torch.cat([obs, act], 1)) - y).pow(2).mean()
        self.critic_opt.zero_grad()
        critic_loss.backward()
        self.critic_opt.step()
        actor_loss = -self.critic(torch.cat([obs, self.actor(obs)], 1)).mean()
        self.actor_opt.zero_grad()
        actor_loss.backward()
        self.actor_opt.step()
        for net, late in ((self.actor, self.actor_target), (self.critic, self.critic_target)):
            for p, q in zip(net.parameters(), late.parameters()):
                q.data.lerp_(p.data, 0.01)
        return critic_loss.item()


agent = Agent()
S, A = torch.randn(1000, 3), torch.rand(1000, 1) * 2 - 1
S2 = S + 0.3 * A + 0.05 * torch.randn(1000, 3)
R, D = -S2.pow(2).sum(1, keepdim=True), (torch.rand(1000, 1) < 0.05).float()
for it in range(80):
    i = torch.randint(0, 1000, (64,))
    loss = agent.learn((S[i], A[i], R[i], S2[i], D[i]))
print(loss)
