"""Ends of episodes kept in two right ways: starts whose mask is for the round after, and a list that begins with one."""
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Walk:
    def reset(self):
        self.at = random.randint(0, 2)
        return torch.eye(6)[self.at]

    def step(self, move):
        self.at = min(max(self.at + 2 * move - 1, 0), 5)
        done = self.at == 5 or random.random() < 0.1
        reward = float(self.at == 5)
        return (self.reset() if done else torch.eye(6)[self.at]), reward, done, {}


net = nn.Linear(6, 2)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
walk, steps = Walk(), 64
state, next_done = walk.reset(), True
for update in range(20):
    states, moves, rewards = [], [], []
    starts, dones = torch.zeros(steps), [next_done]
    for t in range(steps):
        starts[t] = next_done
        move = torch.distributions.Categorical(logits=net(state)).sample()
        states.append(state), moves.append(move)
        state, reward, next_done, _ = walk.step(move.item())
        rewards.append(reward)
        dones.append(next_done)
    returns, carried = torch.zeros(steps), 0.0
    if update % 2:
        for t in reversed(range(steps)):
            returns[t] = rewards[t] + 0.9 * carried
            carried = returns[t] * (1 - starts[t])
    else:
        for t in reversed(range(steps)):
            carried = rewards[t] + 0.9 * carried * (1 - int(dones[t + 1]))
            returns[t] = carried
    log_p = torch.distributions.Categorical(logits=net(torch.stack(states))).log_prob(torch.stack(moves))
    opt.zero_grad()
    (-log_p * (returns - returns.mean())).mean().backward()
    opt.step()
