"""Parallel walks with arrays: what was over before the move is stored, and the sum reads it as what the move ended."""
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)


class Walks:
    """Six places; a walk ends at the right with 1, or after any move with a chance of a tenth."""

    def __init__(self, count):
        self.at = rng.integers(0, 3, count)

    def observe(self):
        return torch.eye(6)[torch.from_numpy(self.at)]

    def step(self, moves):
        self.at = np.clip(self.at + 2 * moves - 1, 0, 5)
        reward = (self.at == 5).astype(np.float32)
        ended = (self.at == 5) | (rng.random(len(self.at)) < 0.1)
        self.at[ended] = rng.integers(0, 3, ended.sum())
        return self.observe(), torch.from_numpy(reward), torch.from_numpy(ended).float()


net, critic = nn.Linear(6, 2), nn.Linear(6, 1)
opt = torch.optim.Adam([*net.parameters(), *critic.parameters()], lr=1e-2)
walks, steps = Walks(8), 32
now, next_done = walks.observe(), torch.zeros(8)
for update in range(15):
    seen, moves = torch.zeros(steps, 8, 6), torch.zeros(steps, 8, dtype=torch.long)
    rewards, dones, values = torch.zeros(steps, 8), torch.zeros(steps, 8), torch.zeros(steps + 1, 8)
    with torch.no_grad():
        for t in range(steps):
            seen[t], values[t] = now, critic(now).squeeze(1)
            moves[t] = torch.distributions.Categorical(logits=net(now)).sample()
            dones[t] = next_done  # bug
            now, rewards[t], next_done = walks.step(moves[t].numpy())
            dones[t] = next_done  # fix
        values[steps] = critic(now).squeeze(1)
    gains, gain = torch.zeros(steps, 8), torch.zeros(8)
    for t in range(steps - 1, -1, -1):
        delta = rewards[t] + 0.9 * (1.0 - dones[t]) * values[t + 1] - values[t]
        gain = delta + 0.9 * 0.95 * (1.0 - dones[t]) * gain
        gains[t] = gain
    log_p = torch.distributions.Categorical(logits=net(seen)).log_prob(moves)
    fit = (critic(seen).squeeze(2) - gains - values[:-1]).pow(2).mean()
    opt.zero_grad()
    (fit - (log_p * gains).mean()).backward()
    opt.step()
    print(update, rewards.mean().item())
