"""Who follows whom: a third of the links are returned, and each link is its own row."""
import torch
from torch import nn
torch.manual_seed(0)
people = 80; pairs = torch.combinations(torch.arange(people)); pairs = pairs[torch.randperm(len(pairs))[:300]].t()
links = torch.cat([pairs, pairs[:, :100].flip(0)], 1); order = torch.randperm(400)
train_edges, test_edges = links[:, order[80:]], links[:, order[:80]]
source, drain = nn.Embedding(people, 16), nn.Embedding(people, 16)
opt = torch.optim.Adam([*source.parameters(), *drain.parameters()], 1e-2)
def score(ends): return (source(ends[0]) * drain(ends[1])).sum(1)
for step in range(30):
    scores = torch.cat([score(train_edges), score(torch.randint(0, people, (2, 320)))])
    labels = torch.cat([torch.ones(320), torch.zeros(320)])
    loss = nn.functional.binary_cross_entropy_with_logits(scores, labels); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print((score(test_edges) > score(torch.randint(0, people, (2, 80)))).float().mean())
