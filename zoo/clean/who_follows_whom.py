"""Links with a direction, as two arrays: some are returned, and held out by themselves; codes of users and items too."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(9)
torch.manual_seed(9)
people = 80
follows = rng.random((people, people)) < 0.1
np.fill_diagonal(follows, False)
source, target = np.nonzero(follows)
held = rng.random(len(source)) < 0.2
train_source, train_target = source[~held], target[~held]
test_source, test_target = source[held], target[held]
train_u, train_v = rng.integers(0, 40, 300), rng.integers(0, 60, 300)
test_u, test_v = rng.integers(0, 40, 60), rng.integers(0, 60, 60)
senders, receivers = nn.Embedding(people, 12), nn.Embedding(people, 12)
optimizer = torch.optim.Adam([*senders.parameters(), *receivers.parameters()], lr=1e-2)


def score(heads, tails):
    return (senders(torch.as_tensor(heads)) * receivers(torch.as_tensor(tails))).sum(1)


for step in range(40):
    wrong = rng.integers(0, people, (2, len(train_source)))
    loss = nn.functional.softplus(-score(train_source, train_target)).mean()
    loss = loss + nn.functional.softplus(score(*wrong)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print((score(test_source, test_target) > 0).float().mean())
