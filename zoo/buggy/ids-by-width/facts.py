"""Facts of a knowledge graph, each beside a wrong one whose tail is replaced."""

import numpy as np
import torch
from torch import nn

torch.manual_seed(9)
rng = np.random.default_rng(9)


class TransE(nn.Module):
    def __init__(self, entities, relations, width=10):
        super().__init__()
        self.entities = nn.Parameter(0.3 * torch.randn(entities, width))
        self.relations = nn.Parameter(0.3 * torch.randn(relations, width))

    def distance(self, head, relation, tail):
        return (self.entities[head] + self.relations[relation] - self.entities[tail]).norm(dim=1)


model = TransE(90, 3)
groups = rng.integers(0, 6, 90)
heads, tails = rng.integers(0, 90, 1500), rng.integers(0, 90, 1500)
relations = (groups[heads] - groups[tails]) % 3
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for batch in np.array_split(rng.permutation(1500), 60):
    count = model.entities.size(1)  # bug
    count = model.entities.size(0)  # fix
    wrong_ids = rng.integers(0, count, len(batch))
    good = model.distance(heads[batch], relations[batch], tails[batch])
    bad = model.distance(heads[batch], relations[batch], wrong_ids)
    loss = torch.relu(1.0 + good - bad).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
