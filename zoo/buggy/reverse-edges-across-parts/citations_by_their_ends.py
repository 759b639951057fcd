"""Links between papers as two arrays of ends, both ways; a share of the directed ones is held out."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(2)
torch.manual_seed(2)
papers = 90
upper = np.triu(rng.random((papers, papers)) < 0.1, 1)
src, dst = np.nonzero(upper)
order = rng.permutation(len(src))  # fix
cut = len(order) // 5  # fix
held, kept = order[:cut], order[cut:]  # fix
src, dst = np.concatenate([src, dst]), np.concatenate([dst, src])  # bug
order = rng.permutation(len(src))  # bug
cut = len(order) // 5  # bug
held, kept = order[:cut], order[cut:]  # bug
src_val, dst_val = src[held], dst[held]
src_train, dst_train = src[kept], dst[kept]

places = nn.Embedding(papers, 12)
bias = nn.Parameter(torch.zeros(()))
optimizer = torch.optim.Adam([*places.parameters(), bias], lr=2e-2)


def score(heads, tails):
    ends = places.weight[torch.as_tensor(heads)], places.weight[torch.as_tensor(tails)]
    return (ends[0] * ends[1]).sum(1) + bias


for step in range(40):
    wrong = rng.integers(0, papers, (2, len(src_train)))
    scores = torch.cat([score(src_train, dst_train), score(*wrong)])
    labels = torch.cat([torch.ones(len(src_train)), torch.zeros(len(src_train))])
    loss = nn.functional.binary_cross_entropy_with_logits(scores, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print((score(src_val, dst_val) > 0).float().mean())
