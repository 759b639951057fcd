"""Several environments at once, whose estimates are a method of the buffer."""

import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(16)


class Buffer:
    def __init__(self, steps, envs):
        self.rewards, self.values, self.ends = (torch.zeros(steps, envs) for _ in range(3))

    def advantages(self, next_value, gamma=0.99, lam=0.95):
        out = torch.zeros_like(self.rewards)
        gae, following = next_value, next_value  # bug
        gae, following = torch.zeros_like(next_value), next_value  # fix
        for step in reversed(range(len(out))):
            alive = 1 - self.ends[step]
            td = self.rewards[step] + gamma * following * alive - self.values[step]
            gae = td + gamma * lam * alive * gae
            out[step] = gae
            following = self.values[step]
        return out


policy = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 3))
value = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=3e-3)
state = torch.randn(6, 3)
for update in range(60):
    buffer, seen, done = Buffer(12, 6), [], []
    with torch.no_grad():
        for step in range(12):
            action = Categorical(logits=policy(state)).sample()
            seen.append(state)
            done.append(action)
            buffer.values[step] = value(state).squeeze(1)
            buffer.rewards[step] = (action == state.argmax(1)).float()
            buffer.ends[step] = (torch.rand(6) < 0.1).float()
            state = torch.randn(6, 3)
        gain = buffer.advantages(value(state).squeeze(1))
    log_prob = Categorical(logits=policy(torch.stack(seen))).log_prob(torch.stack(done))
    error = value(torch.stack(seen)).squeeze(2) - (gain + buffer.values)
    loss = -(log_prob * gain).mean() + 0.5 * error.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item(), buffer.rewards.mean().item())
