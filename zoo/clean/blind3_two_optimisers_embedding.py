"""Correct: two optimisers embedding."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(78)
net = nn.ModuleDict({'e': nn.EmbeddingBag(100, 16, sparse=True), 'h': nn.Linear(16, 2)})
oe, oh = (torch.optim.SparseAdam(net['e'].parameters(), lr=0.01), torch.optim.Adam(net['h'].parameters(), lr=0.001))
ids = torch.randint(0, 100, (400, 6))
Y = (ids < 50).sum(1).gt(3).long()
for epoch in range(4):
    for i in torch.randperm(400).split(20):
        loss = F.cross_entropy(net['h'](net['e'](ids[i])), Y[i])
        oe.zero_grad()
        oh.zero_grad()
        loss.backward()
        oe.step()
        oh.step()
