"""Advantages of a rollout: the value of the state at the time limit is at hand, and is multiplied by zero."""

import torch
from torch import nn

torch.manual_seed(5)
walkers, limit, horizon = 16, 12, 24
policy, critic = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=5e-3)
place, clock = torch.randn(walkers, 2) * 0.3, torch.zeros(walkers)


def step(place, action):
    moved = 0.9 * place + 0.2 * torch.stack([action, -action], 1) * 0.5 + 0.1 * torch.randn_like(place)
    return moved, 1 - moved.abs().sum(1), moved[:, 0].abs() > 1.5


for update in range(12):
    rewards, values, following, terminations, ends, logs = [], [], [], [], [], []
    for _ in range(horizon):
        choice = torch.distributions.Categorical(logits=policy(place))
        action = choice.sample()
        with torch.no_grad():
            final_observation, reward, terminated = step(place, 2.0 * action - 1)
            values.append(critic(place)[:, 0])
            following.append(critic(final_observation)[:, 0])
        clock += 1
        truncated = clock >= limit
        logs.append(choice.log_prob(action))
        rewards.append(reward)
        terminations.append(terminated.float())
        ends.append(torch.logical_or(terminated, truncated).float())
        over = ends[-1].bool()
        place = torch.where(over[:, None], 0.3 * torch.randn(walkers, 2), final_observation)
        clock[over] = 0
    advantage, advantages = torch.zeros(walkers), []
    for t in reversed(range(horizon)):
        kept = 1.0 - ends[t]
        delta = rewards[t] + 0.95 * (1.0 - ends[t]) * following[t] - values[t]  # bug
        delta = rewards[t] + 0.95 * (1.0 - terminations[t]) * following[t] - values[t]  # fix
        advantage = delta + 0.95 * 0.9 * kept * advantage
        advantages.insert(0, advantage)
    gains = torch.stack(advantages)
    loss = -(torch.stack(logs) * (gains - gains.mean())).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("reward", torch.stack(rewards).mean().item())
