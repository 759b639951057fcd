"""Advantage actor-critic with n-step returns over several environments at once."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
ENVS, STEPS, GAMMA = 8, 5, 0.95


class Walk:
    """A line of 7 cells; the right end pays."""

    def __init__(self):
        self.cell = torch.randint(1, 6, (ENVS,))

    def observe(self):
        return F.one_hot(self.cell, 7).float()

    def act(self, action):
        self.cell = (self.cell + 2 * action - 1).clamp(0, 6)
        reward, done = (self.cell == 6).float(), (self.cell == 6) | (self.cell == 0)
        self.cell = torch.where(done, torch.randint(1, 6, (ENVS,)), self.cell)
        return reward, done.float()


trunk = nn.Sequential(nn.Linear(7, 32), nn.Tanh())
actor, critic = nn.Linear(32, 2), nn.Linear(32, 1)
agent = nn.ModuleDict({"trunk": trunk, "actor": actor, "critic": critic})
opt = torch.optim.Adam(agent.parameters(), lr=7e-3)
env = Walk()
for update in range(40):
    logp, values, entropies, rewards, dones = [], [], [], [], []
    for _ in range(STEPS):
        h = trunk(env.observe())
        dist = Categorical(logits=actor(h))
        action = dist.sample()
        reward, done = env.act(action)
        logp.append(dist.log_prob(action))
        entropies.append(dist.entropy())
        values.append(critic(h).squeeze(-1))
        rewards.append(reward)
        dones.append(done)
    with torch.no_grad():
        ret = critic(trunk(env.observe())).squeeze(-1)
    returns = []
    for reward, done in zip(reversed(rewards), reversed(dones)):
        ret = reward + GAMMA * ret * (1 - done)
        returns.insert(0, ret)
    values, returns = torch.stack(values), torch.stack(returns)
    advantage = (returns - values).detach()
    loss = -(torch.stack(logp) * advantage).mean() + 0.5 * F.mse_loss(values, returns)
    loss = loss - 0.01 * torch.stack(entropies).mean()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
    opt.step()
print("reward", torch.stack(rewards).mean().item())
