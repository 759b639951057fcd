"""Each round plays one episode and sums its returns; a list of all returns goes on over ten of them."""

import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Corridor:
    def reset(self):
        self.at = 3
        return self.at

    def step(self, action):
        self.at += 1 if action else -1
        return self.at, float(self.at == 6), self.at in (0, 6)


def returns_of(rewards, gamma=0.9):
    total, out = 0.0, []
    for r in reversed(rewards):
        total = r + gamma * total
        out.append(total)
    return out[::-1]


policy = nn.Sequential(nn.Linear(7, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
env, scores = Corridor(), []
for _ in range(15):
    places, actions, returns, rewards = [], [], [], []
    for _ in range(10):
        at, over = env.reset(), False
        while not over:
            places.append(at)
            actions.append(int(random.random() < policy(torch.eye(7)[at]).softmax(0)[1].item()))
            at, r, over = env.step(actions[-1])
            rewards.append(r)
        scores.append(sum(rewards))
        returns.extend(returns_of(rewards))
        rewards.clear()
    smooth = 0.0
    for score in reversed(scores):
        smooth = score + 0.5 * smooth
    log_probs = policy(torch.eye(7)[places]).log_softmax(1).gather(1, torch.tensor(actions)[:, None]).squeeze(1)
    returns = torch.tensor(returns)
    loss = -(log_probs * (returns - returns.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(smooth)
