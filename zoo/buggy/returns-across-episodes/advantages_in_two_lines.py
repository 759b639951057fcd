"""A walk to either end by an actor and a critic: advantages are carried back in two lines, of rollouts of 200 steps."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(2)
torch.manual_seed(2)
gamma, lam = 0.97, 0.9


class Walk:
    def reset(self):
        self.at = int(rng.integers(2, 7))
        return self.at

    def step(self, action):
        self.at += 1 if action else -1
        return self.at, float(self.at == 8), self.at in (0, 8)


net = nn.Sequential(nn.Linear(9, 32), nn.Tanh(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
env, eye = Walk(), torch.eye(9)
at = env.reset()
for round_ in range(12):
    rows, rewards, ends, values = [], [], [], []
    for _ in range(200):
        with torch.no_grad():
            *logits, value = net(eye[at])
        action = torch.distributions.Categorical(logits=torch.stack(logits)).sample().item()
        after, reward, done = env.step(action)
        rows.append((at, action)); rewards.append(reward); ends.append(float(done)); values.append(value.item())
        at = env.reset() if done else after
    advantage, ahead, advantages = 0.0, net(eye[at])[2].item(), []
    for reward, done, value in zip(rewards[::-1], ends[::-1], values[::-1]):
        advantage *= gamma * lam  # bug
        advantage *= gamma * lam * (1 - done)  # fix
        advantage += reward + gamma * ahead * (1 - done) - value
        ahead = value
        advantages.insert(0, advantage)
    places, actions = torch.tensor(rows).T
    out, advantages = net(eye[places]), torch.tensor(advantages)
    log_prob = torch.distributions.Categorical(logits=out[:, :2]).log_prob(actions)
    loss = -(log_prob * advantages).mean() + (out[:, 2] - torch.tensor(values) - advantages).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(round_, sum(rewards))
