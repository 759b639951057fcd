"""A causal language model whose output layer is its embedding; perplexity on held-out text."""
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
V, T = 24, 16


def text(n):
    """Each symbol is the one before plus 1, 2 or 3 by chance."""
    steps = torch.randint(1, 4, (n, T + 1))
    steps[:, 0] = torch.randint(0, V, (n,))
    return steps.cumsum(1) % V


class LM(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.emb = nn.Embedding(V, dim)
        self.pos = nn.Parameter(torch.randn(T, dim) * 0.02)
        self.block = nn.TransformerEncoderLayer(dim, 4, 64, dropout=0.1, batch_first=True)
        self.out = nn.Linear(dim, V, bias=False)
        self.out.weight = self.emb.weight
        nn.init.normal_(self.emb.weight, std=0.1)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(T))

    def forward(self, ids):
        h = self.emb(ids) * math.sqrt(32) + self.pos[: ids.shape[1]]
        return self.out(self.block(h, src_mask=self.mask, is_causal=True))


def nll(model, ids):
    return F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())


train, held = text(512), text(64)
lm = LM()
opt = torch.optim.AdamW(lm.parameters(), lr=5e-3, weight_decay=0.01)
for epoch in range(3):
    lm.train()
    for rows in torch.randperm(512).split(32):
        opt.zero_grad()
        nll(lm, train[rows]).backward()
        nn.utils.clip_grad_norm_(lm.parameters(), 1.0)
        opt.step()
    lm.eval()
    with torch.no_grad():
        print(epoch, "perplexity", nll(lm, held).exp().item())
