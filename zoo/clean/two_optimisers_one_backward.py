"""Sparse embeddings under one optimiser, the rest under another."""
import torch
from torch import nn
torch.manual_seed(0)
emb = nn.Embedding(50, 8, sparse=True); mlp = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
o1, o2 = torch.optim.SparseAdam(emb.parameters(), 1e-2), torch.optim.AdamW(mlp.parameters(), 1e-2)
for i in range(30):
    ids = torch.randint(0, 50, (32, 5)); y = (ids[:, 0] > 25).long()
    loss = nn.functional.cross_entropy(mlp(emb(ids).mean(1)), y)
    o1.zero_grad(); o2.zero_grad(); loss.backward()
    nn.utils.clip_grad_norm_(mlp.parameters(), 1.0)
    o1.step(); o2.step()
