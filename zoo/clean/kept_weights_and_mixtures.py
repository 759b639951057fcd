"""Old weights kept as copies and, beside them, the live ones for clipping; rows mixed with scaled partners on purpose
not at all; features of an embedding dropped at random by their width.
"""

import torch
from torch import nn

torch.manual_seed(10)
items = nn.Embedding(50, 8)
head = nn.Linear(8, 3)
weights = [*items.parameters(), *head.parameters()]
live = dict(head.named_parameters())
before = {name: weight.detach().clone() for name, weight in head.named_parameters()}
optimizer = torch.optim.Adam(weights, lr=1e-2)
truth = torch.randint(0, 3, (50,))
for _ in range(60):
    ids = torch.randint(0, items.weight.shape[0], (64,))
    x = items(ids)
    hidden_columns = torch.randperm(items.weight.shape[1])[:2]
    x = x.index_fill(1, hidden_columns, 0.0)
    partner = x.flip(0)
    x = x * 0.9
    x = x + 0.1 * partner
    loss = nn.functional.cross_entropy(head(x), truth[ids])
    loss = loss + 1e-3 * sum((weight - before[name]).pow(2).sum() for name, weight in head.named_parameters())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(list(live.values()), 1.0)
    optimizer.step()
moved = max((live[name] - before[name]).abs().max().item() for name in before)
print("loss", loss.item(), "moved", moved)
