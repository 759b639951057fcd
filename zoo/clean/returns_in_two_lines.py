"""REINFORCE: returns are summed up in two lines, of episodes one by one; a mean of rewards that forgets is kept beside."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(3)
torch.manual_seed(3)


class Walk:
    def reset(self):
        self.at = int(rng.integers(2, 7))
        return self.at

    def step(self, action):
        self.at += 1 if action else -1
        return self.at, float(self.at == 8), self.at in (0, 8)


policy = nn.Sequential(nn.Linear(9, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
env, eye, gamma, usual = Walk(), torch.eye(9), 0.97, 0.5
for round_ in range(15):
    losses = []
    for _ in range(10):
        at, done, log_probs, rewards = env.reset(), False, [], []
        while not done and len(rewards) < 40:
            chosen = torch.distributions.Categorical(logits=policy(eye[at]))
            action = chosen.sample()
            log_probs.append(chosen.log_prob(action))
            at, reward, done = env.step(action.item())
            rewards.append(reward)
        total, returns = 0.0, []
        for reward in reversed(rewards):
            total *= gamma
            total += reward
            returns.insert(0, total)
        usual = 0.99 * usual + 0.01 * total
        losses += [-log_prob * (value - usual) for log_prob, value in zip(log_probs, returns)]
    loss = torch.stack(losses).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(round_, loss.item(), usual)
