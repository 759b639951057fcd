"""Items ranked for each user, and the gain of the ten first."""

import math

import torch
from torch import nn

torch.manual_seed(0)
U, I, K = 60, 80, 10
users, items = nn.Embedding(U, 16), nn.Embedding(I, 16)
taste = torch.randn(U, 4) @ torch.randn(4, I)
liked = taste.topk(12, dim=1).indices
train, test = liked[:, ::2], liked[:, 1::2]
opt = torch.optim.Adam([*users.parameters(), *items.parameters()], lr=0.02)


def dcg(gains):
    return sum(g / math.log2(i + 1) if i > 0 else g for i, g in enumerate(gains))  # bug
    return sum(g / math.log2(i + 2) for i, g in enumerate(gains))  # fix


def ndcg():
    total = 0.0
    with torch.no_grad():
        scores = users.weight @ items.weight.T
        scores.scatter_(1, train, -1e9)
        top = scores.topk(K, dim=1).indices
    for u in range(U):
        relevant = set(test[u].tolist())
        gains = [float(i in relevant) for i in top[u].tolist()]
        ideal = [1.0] * min(len(relevant), K)
        total += dcg(gains) / dcg(ideal)
    return total / U


for epoch in range(10):
    for _ in range(15):
        u = torch.randint(U, (128,))
        p = train[u, torch.randint(6, (128,))]
        n = torch.randint(I, (128,))
        diff = (users(u) * (items(p) - items(n))).sum(1)
        loss = -nn.functional.logsigmoid(diff).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item(), ndcg())
