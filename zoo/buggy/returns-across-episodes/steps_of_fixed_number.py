"""A rollout of 200 steps of a pole that falls now and then; the flags are stored, and left out of the sum."""
import random

import torch
from torch import nn

random.seed(2)
torch.manual_seed(2)


class Pole:
    def reset(self):
        self.angle, self.speed = random.uniform(-0.2, 0.2), 0.0
        return torch.tensor([self.angle, self.speed])

    def step(self, push):
        self.speed += 0.1 * self.angle + (0.05 if push else -0.05) + random.gauss(0, 0.01)
        self.angle += self.speed
        return torch.tensor([self.angle, self.speed]), 1.0, abs(self.angle) > 1


def advantages(values, rewards, finished, gamma=0.95, lam=0.9):
    kept, running = [], 0.0
    following = 0.0
    for value, reward, end in reversed(list(zip(values, rewards, finished))):
        delta = reward + gamma * following * (1 - end) - value
        running = delta + gamma * lam * running  # bug
        running = delta + gamma * lam * running * (1 - end)  # fix
        following = value
        kept.append(running)
    kept.reverse()
    return torch.tensor(kept)


net = nn.Sequential(nn.Linear(2, 32), nn.Tanh())
policy, critic = nn.Linear(32, 2), nn.Linear(32, 1)
optimizer = torch.optim.Adam([*net.parameters(), *policy.parameters(), *critic.parameters()], lr=3e-3)
env = Pole()
state = env.reset()
for update in range(10):
    states, actions, values, rewards, finished = [], [], [], [], []
    for _ in range(200):
        with torch.no_grad():
            h = net(state)
            action = torch.distributions.Categorical(logits=policy(h)).sample()
            value = critic(h).item()
        states.append(state)
        actions.append(action)
        values.append(value)
        state, reward, over = env.step(action.item())
        rewards.append(reward)
        finished.append(float(over))
        if over:
            state = env.reset()
    advantage = advantages(values, rewards, finished)
    target = advantage + torch.tensor(values)
    h = net(torch.stack(states))
    log_probs = torch.distributions.Categorical(logits=policy(h)).log_prob(torch.stack(actions))
    loss = -(log_probs * advantage).mean() + 0.5 * (critic(h).squeeze(1) - target).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(update, 200 / max(1.0, sum(finished)))
