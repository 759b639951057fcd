"""Prototypes of a few rows of each class, and queries to them."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
np.random.seed(0)
data = {c: torch.randn(1, 20) * 1.5 + torch.randn(25, 20) for c in range(20)}
K, Q, WAY = 5, 10, 4


def episode(classes):
    support, query, labels = [], [], []
    for i, c in enumerate(np.random.choice(classes, WAY, replace=False)):
        indices = np.random.choice(list(range(len(data[c]))), K + Q, True)  # bug
        indices = np.random.choice(list(range(len(data[c]))), K + Q, False)  # fix
        support.append(data[c][indices[:K]])
        query.append(data[c][indices[K:]])
        labels += [i] * Q
    return torch.stack(support), torch.cat(query), torch.tensor(labels)


encoder = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 16))
opt = torch.optim.Adam(encoder.parameters(), lr=1e-3)


def logits_of(support, query):
    proto = encoder(support).mean(1)
    return -torch.cdist(encoder(query), proto) ** 2


for step in range(100):
    s, q, y = episode(list(range(14)))
    loss = F.cross_entropy(logits_of(s, q), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
encoder.eval()
with torch.no_grad():
    accs = []
    for _ in range(30):
        s, q, y = episode(list(range(14, 20)))
        accs.append((logits_of(s, q).argmax(1) == y).float().mean().item())
print(loss.item(), np.mean(accs))
