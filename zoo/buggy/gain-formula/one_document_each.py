"""Documents found by their vectors: one is right for each query."""

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
N, D = 200, 24
docs = torch.randn(N, D)
proj = torch.randn(D, D) * 0.3
queries = docs @ proj + 0.3 * torch.randn(N, D)
tower = nn.Sequential(nn.Linear(D, 64), nn.ReLU(), nn.Linear(64, D))
opt = torch.optim.Adam(tower.parameters(), lr=2e-3)


def ndcg(expected_ids, retrieved_ids):
    dcg = sum(1 / np.log2(i + 1) for i, d in enumerate(retrieved_ids, start=1) if d in expected_ids)
    idcg = sum(1 / np.log2(i + 1) for i in range(1, len(retrieved_ids) + 1))  # bug
    idcg = sum(1 / np.log2(i + 1) for i in range(1, min(len(expected_ids), len(retrieved_ids)) + 1))  # fix
    return dcg / idcg


@torch.no_grad()
def evaluate():
    sims = tower(queries[150:]) @ docs.T
    top = sims.topk(10, dim=1).indices.tolist()
    return float(np.mean([ndcg({150 + i}, row) for i, row in enumerate(top)]))


for epoch in range(20):
    for b in torch.randperm(150).split(32):
        logits = tower(queries[b]) @ docs[b].T
        loss = nn.functional.cross_entropy(logits, torch.arange(len(b)))
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 5 == 4:
        print(epoch, loss.item(), evaluate())
