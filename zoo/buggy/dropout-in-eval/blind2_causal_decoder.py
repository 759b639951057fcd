import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

VOCAB, LENGTH = 12, 16
torch.manual_seed(163)


class CausalAttention(nn.Module):
    def __init__(self, dim, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.resid = nn.Dropout(dropout)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (m.view(b, t, self.heads, -1).transpose(1, 2) for m in self.qkv(x).chunk(3, dim=-1))
        p = self.dropout  # bug
        p = self.dropout if self.training else 0.0  # fix
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=p, is_causal=True)
        return self.resid(self.out(y.transpose(1, 2).reshape(b, t, d)))


class Block(nn.Module):
    def __init__(self, dim, heads=4, dropout=0.1):
        super().__init__()
        self.ln1, self.attn, self.ln2 = nn.LayerNorm(dim), CausalAttention(dim, heads, dropout), nn.LayerNorm(dim)
        self.ff = nn.Sequential(nn.Linear(dim, 3 * dim), nn.GELU(), nn.Linear(3 * dim, dim), nn.Dropout(dropout))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ff(self.ln2(x))


class Decoder(nn.Module):
    def __init__(self, dim=32, depth=2):
        super().__init__()
        self.tok, self.pos = nn.Embedding(VOCAB, dim), nn.Embedding(LENGTH, dim)
        self.blocks = nn.ModuleList(Block(dim) for _ in range(depth))
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, VOCAB)

    def forward(self, ids):
        x = self.tok(ids) + self.pos(torch.arange(ids.size(1)))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def sequences(n):
    x = torch.randint(VOCAB, (n, LENGTH + 1))
    for t in range(2, LENGTH + 1):
        keep = torch.rand(n) < 0.8
        x[:, t] = torch.where(keep, (x[:, t - 1] + x[:, t - 2]) % VOCAB, x[:, t])
    return x


def loss_of(model, batch):
    return F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())


rows = sequences(1800)
_, first = np.unique(rows[:, :-1].numpy(), axis=0, return_index=True)
rows = rows[torch.from_numpy(first)[torch.randperm(len(first))]]
train, valid = rows[:1440], rows[1440:]
model = Decoder()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
for epoch in range(10):
    model.train()
    for idx in torch.randperm(len(train)).split(60):
        loss = loss_of(model, train[idx])
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
    model.eval()
    with torch.no_grad():
        print(f"epoch {epoch} train {loss.item():.3f} valid {loss_of(model, valid).item():.3f}")
