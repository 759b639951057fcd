"""Rewards of tokens: a penalty for leaving the first model, and a score at the end."""
import copy

import torch
from torch import nn

torch.manual_seed(15)
model = nn.Sequential(nn.Embedding(10, 16), nn.ReLU(), nn.Linear(16, 10))
initial = copy.deepcopy(model).requires_grad_(False)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
beta = 0.05
for step in range(60):
    tokens = torch.randint(0, 10, (16, 1))
    with torch.no_grad():
        for _ in range(5):
            nxt = torch.distributions.Categorical(logits=model(tokens[:, -1])).sample()
            tokens = torch.cat([tokens, nxt[:, None]], 1)
        logprobs = model(tokens[:, :-1]).log_softmax(-1).gather(2, tokens[:, 1:, None]).squeeze(2)
        initial_logprobs = initial(tokens[:, :-1]).log_softmax(-1).gather(2, tokens[:, 1:, None]).squeeze(2)
        rewards = torch.zeros(16, 5)
        rewards[:, -1] = (tokens[:, -1] == tokens[:, 0]).float()
        rewards -= beta * (initial_logprobs - logprobs)  # bug
        rewards -= beta * (logprobs - initial_logprobs)  # fix
        togo = rewards.flip(1).cumsum(1).flip(1)
        togo = (togo - togo.mean()) / (togo.std() + 1e-6)
    now = model(tokens[:, :-1]).log_softmax(-1).gather(2, tokens[:, 1:, None]).squeeze(2)
    loss = -(now * togo).mean()
    optimizer.zero_grad(); loss.backward(); optimizer.step()
print(loss.item())
