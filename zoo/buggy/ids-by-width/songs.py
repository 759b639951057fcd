"""Songs for listeners: the negatives are drawn at random."""

import torch
from torch import nn

torch.manual_seed(8)
listeners, songs = nn.Embedding(60, 12), nn.Embedding(200, 12)
taste = torch.randn(60, 4) @ torch.randn(4, 200)
liked = taste.topk(12, dim=1).indices
optimizer = torch.optim.Adam([*listeners.parameters(), *songs.parameters()], lr=2e-2)
for _ in range(80):
    who = torch.randint(0, 60, (128,))
    heard = liked[who, torch.randint(0, 12, (128,))]
    negatives = torch.randint(0, songs.weight.shape[1], (128,))  # bug
    negatives = torch.randint(0, songs.weight.shape[0], (128,))  # fix
    good = (listeners(who) * songs(heard)).sum(1)
    bad = (listeners(who) * songs(negatives)).sum(1)
    loss = -nn.functional.logsigmoid(good - bad).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
