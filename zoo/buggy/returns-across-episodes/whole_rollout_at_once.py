"""REINFORCE on a walk to either end: ten walks are collected, then all steps are learnt from at once."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(1)
torch.manual_seed(1)


class Walk:
    def reset(self):
        self.at = int(rng.integers(2, 7))
        return self.at

    def step(self, action):
        self.at += 1 if action else -1
        over = self.at in (0, 8)
        return self.at, float(self.at == 8), over


def collect(policy, walks):
    env = Walk()
    places, actions, rewards, lengths = [], [], [], []
    for _ in range(walks):
        at, over, steps = env.reset(), False, 0
        while not over and steps < 50:
            with torch.no_grad():
                action = torch.distributions.Categorical(logits=policy(torch.eye(9)[at])).sample().item()
            places.append(at)
            at, reward, over = env.step(action)
            actions.append(action)
            rewards.append(reward)
            steps += 1
        lengths.append(steps)
    return torch.tensor(places), torch.tensor(actions), rewards, lengths


def to_go(rewards, gamma=0.97):
    out, total = [], 0.0
    for t in range(len(rewards) - 1, -1, -1):
        total = rewards[t] + gamma * total
        out.insert(0, total)
    return out


policy = nn.Sequential(nn.Linear(9, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for round_ in range(20):
    places, actions, rewards, lengths = collect(policy, 10)
    returns = torch.tensor(to_go(rewards))  # bug
    ends = np.cumsum(lengths).tolist()  # fix
    returns = torch.tensor([g for a, b in zip([0, *ends], ends) for g in to_go(rewards[a:b])])  # fix
    log_probs = torch.distributions.Categorical(logits=policy(torch.eye(9)[places])).log_prob(actions)
    loss = -(log_probs * (returns - returns.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(round_, sum(rewards) / 10)
