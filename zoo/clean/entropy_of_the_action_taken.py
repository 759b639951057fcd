"""The entropy of the action that was taken is part of the reward, also in the last step; that of the next one is not."""
import torch
from torch import nn

torch.manual_seed(7)
states, nexts = torch.randn(1200, 3), torch.randn(1200, 3)
log_prob, next_log_prob = -torch.rand(1200), -torch.rand(1200)
dones, rewards = (torch.rand(1200) < 0.1).float(), states[:, 0]
value = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(value.parameters(), lr=2e-3)
gamma, alpha = 0.9, 0.1
for epoch in range(4):
    for rows in torch.randperm(1200).split(40):
        with torch.no_grad():
            next_value = value(nexts[rows])[:, 0] - alpha * next_log_prob[rows]
            target = rewards[rows] + gamma * (1 - dones[rows]) * next_value
            target -= alpha * log_prob[rows]
        loss = (value(states[rows])[:, 0] - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
