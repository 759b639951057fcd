import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(6)
VOCAB, LENGTH = 30, 12


class SelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.scale = heads, math.sqrt(dim // heads)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, t, d = x.shape
        packed = self.qkv(x)
        q, k, v = packed.reshape(3, b, self.heads, t, d // self.heads)  # bug
        q, k, v = packed.reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)  # fix
        w = (q @ k.transpose(-2, -1) / self.scale).softmax(-1)
        return self.proj((w @ v).transpose(1, 2).reshape(b, t, d))


class Layer(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.n1, self.attn = nn.LayerNorm(dim), SelfAttention(dim, heads)
        self.n2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.n1(x))
        return x + self.mlp(self.n2(x))


class Classifier(nn.Module):
    def __init__(self, dim=32, heads=4, depth=2):
        super().__init__()
        self.tok = nn.Embedding(VOCAB, dim)
        self.pos = nn.Parameter(0.1 * torch.randn(1, LENGTH, dim))
        self.layers = nn.Sequential(*(Layer(dim, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, 2)

    def forward(self, ids):
        return self.head(self.norm(self.layers(self.tok(ids) + self.pos)).mean(1))


def make(n):
    ids = torch.randint(0, VOCAB, (n, LENGTH))
    return TensorDataset(ids, ((ids < 10).sum(1) > (ids >= 20).sum(1)).long())


train, test = make(1500), make(400)
model = Classifier()
opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
for epoch in range(4):
    model.train()
    for ids, y in DataLoader(train, batch_size=50, shuffle=True):
        loss = nn.functional.cross_entropy(model(ids), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        hits = sum((model(ids).argmax(1) == y).sum().item() for ids, y in DataLoader(test, batch_size=100))
    print(f"epoch {epoch} loss {loss.item():.3f} test {hits / len(test):.3f}")
