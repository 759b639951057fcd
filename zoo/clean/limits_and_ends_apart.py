"""An end and a time limit kept apart: one stops the value, either stops what is carried back; and returns of episodes."""
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)


class Heater:
    def reset(self):
        self.heat, self.steps = random.uniform(-1, 1), 0
        return torch.tensor([self.heat])

    def step(self, action):
        self.heat += 0.3 * (action - 1) + random.gauss(0, 0.1)
        self.steps += 1
        return torch.tensor([self.heat]), 1 - abs(self.heat), abs(self.heat) > 2, self.steps >= 20


policy = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 3))
critic = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=3e-3)
world = Heater()
state, lengths, length = world.reset(), [], 0
for update in range(15):
    states, actions, rewards, following, ends, overs = [], [], [], [], [], []
    for _ in range(64):
        with torch.no_grad():
            action = torch.distributions.Categorical(logits=policy(state)).sample()
        after, reward, terminated, truncated = world.step(action.item())
        over = terminated or truncated
        states.append(state), actions.append(action), rewards.append(reward), following.append(after)
        ends.append(terminated), overs.append(over)
        length += 1
        state = after
        if over:
            state = world.reset()
            lengths.append(length)
            length = 0
    s, s2 = torch.stack(states), torch.stack(following)
    with torch.no_grad():
        values, after = critic(s).squeeze(1), critic(s2).squeeze(1)
    gains, gain = torch.zeros(64), 0.0
    for t in reversed(range(64)):
        delta = rewards[t] + 0.95 * (1 - ends[t]) * after[t] - values[t]
        gain = delta + 0.95 * 0.9 * (1 - overs[t]) * gain
        gains[t] = gain
    log_p = torch.distributions.Categorical(logits=policy(s)).log_prob(torch.stack(actions))
    fit = (critic(s).squeeze(1) - gains - values).pow(2).mean()
    opt.zero_grad()
    (fit - (log_p * (gains - gains.mean()) / gains.std()).mean()).backward()
    opt.step()
