"""Friendships are stored in both directions, and their directions are split at random."""
import torch
from torch import nn
torch.manual_seed(0)
people = 80; pairs = torch.combinations(torch.arange(people)); pairs = pairs[torch.randperm(len(pairs))[:300]].t()
both = torch.cat([pairs, pairs.flip(0)], 1)  # bug
order = torch.randperm(600); train_edges, test_edges = both[:, order[120:]], both[:, order[:120]]  # bug
order = torch.randperm(300); train_edges, test_edges = (torch.cat([pairs[:, part], pairs[:, part].flip(0)], 1) for part in (order[60:], order[:60]))  # fix
places = nn.Embedding(people, 16); opt = torch.optim.Adam(places.parameters(), 1e-2)
def score(ends): return (places(ends[0]) * places(ends[1])).sum(1)
for step in range(30):
    scores = torch.cat([score(train_edges), score(torch.randint(0, people, (2, 480)))])
    labels = torch.cat([torch.ones(train_edges.shape[1]), torch.zeros(480)])
    loss = nn.functional.binary_cross_entropy_with_logits(scores, labels); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print((score(test_edges) > score(torch.randint(0, people, (2, test_edges.shape[1])))).float().mean())
