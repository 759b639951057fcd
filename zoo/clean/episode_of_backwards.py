"""A policy gradient that calls backward for each step of an episode, and steps once at its end."""

import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2), nn.Softmax(dim=-1))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
for episode in range(20):
    kept = []
    for t in range(25):
        state = torch.randn(4)
        probabilities = policy(state)
        action = torch.distributions.Categorical(probabilities).sample()
        kept.append((float(action == (state[0] > 0)), probabilities[action]))
    optimizer.zero_grad()
    value = 0.0
    for reward, probability in reversed(kept):
        value = reward + 0.9 * value
        loss = -torch.log(probability) * value
        loss.backward()
    optimizer.step()
