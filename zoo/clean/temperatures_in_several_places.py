"""Similarities that get their temperature early, late, by another name, or that belong to another loss."""
import torch
from torch import nn
from torch.nn import functional as F

temperature, logit_scale = 0.2, 5.0


def late(a, b, others):
    positive = (a * b).sum(1, keepdim=True)
    negative = a @ others.T
    return F.cross_entropy(torch.cat([positive, negative], 1) / temperature, torch.zeros(len(a), dtype=torch.long))


def by_other_name(a, b, others):
    positive = logit_scale * (a * b).sum(1, keepdim=True)
    negative = a @ others.T / temperature
    return F.cross_entropy(torch.cat([positive, negative], 1), torch.zeros(len(a), dtype=torch.long))


def vectors_first(a, b, others):
    a = a / temperature
    positive, negative = (a * b).sum(1, keepdim=True), a @ others.T
    return -(positive.exp() / (positive.exp() + negative.exp().sum(1, keepdim=True))).log().mean()


def attended(a, memory):
    """Features beside what attention reads: only the attention has a temperature."""
    read = (a @ memory.T / temperature).softmax(1) @ memory
    return torch.cat([a, read], 1)


torch.manual_seed(2)
net, head = nn.Linear(10, 8), nn.Linear(16, 8)
optimizer = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=3e-3)
for step in range(120):
    x = torch.randn(32, 10)
    views = [F.normalize(head(attended(h, h)), dim=1) for h in (net(x + 0.1 * torch.randn(32, 10)) for _ in range(3))]
    loss = late(*views) + by_other_name(*views) + vectors_first(*views)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
