"""Correct: a learnt temperature that is a factor, a scale of 0.5, one proximal step after a copy, distances with a minus."""
import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Attend(nn.Module):
    def __init__(self):
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(1))
        self.to_key, self.to_value = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x):
        query, key = F.normalize(x, dim=-1), F.normalize(self.to_key(x), dim=-1)
        weights = F.softmax(query @ key.transpose(1, 2) * self.temperature, dim=-1)
        return (weights @ self.to_value(x)).mean(1)


x = torch.randn(400, 6, 8)
labels = x.mean(1)[:, :4].argmax(1)
net, prototypes = Attend(), nn.Parameter(torch.randn(4, 8))
optimizer = torch.optim.Adam([*net.parameters(), prototypes], lr=5e-3)
anchor = copy.deepcopy(net)
for step in range(60):
    if step % 12 == 0:
        anchor.load_state_dict(net.state_dict())
    rows = torch.randint(400, (40,))
    near = sum((new - old.detach()).square().sum() for new, old in zip(net.parameters(), anchor.parameters()))
    loss = F.cross_entropy(-torch.cdist(net(x[rows]), prototypes), labels[rows]) + 0.05 * near
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(step, loss.item())
