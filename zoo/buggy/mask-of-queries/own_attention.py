"""The padding mask of an attention runs along the queries."""
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
class SelfAttn(nn.Module):
    def __init__(s, d, h):
        super().__init__(); s.h = h; s.qkv = nn.Linear(d, 3 * d); s.o = nn.Linear(d, d)
    def forward(s, x, mask):
        B, T, D = x.shape
        q, k, v = [t.view(B, T, s.h, D // s.h).transpose(1, 2) for t in s.qkv(x).chunk(3, -1)]
        score = q @ k.transpose(-1, -2) / (D // s.h) ** .5
        score = score.masked_fill(mask == 0, -10000)
        return s.o((score.softmax(-1) @ v).transpose(1, 2).reshape(B, T, D))
class Model(nn.Module):
    def __init__(s, V=20, d=32):
        super().__init__(); s.e = nn.Embedding(V, d); s.p = nn.Embedding(12, d); s.a = SelfAttn(d, 4); s.n = nn.LayerNorm(d); s.c = nn.Linear(d, 2)
    def forward(s, src):
        pad = (src != 0).unsqueeze(1).unsqueeze(3)  # bug
        pad = (src != 0).unsqueeze(1).unsqueeze(2)  # fix
        x = s.e(src) + s.p(torch.arange(src.size(1)))
        x = s.n(x + s.a(x, pad))
        return s.c(x[:, 0])
def make(n):
    L = torch.randint(4, 12, (n,)); src = torch.randint(1, 20, (n, 12)); src[torch.arange(12)[None] >= L[:, None]] = 0
    return src, (src == 7).any(1).long()
src, y = make(600); m = Model(); opt = torch.optim.Adam(m.parameters(), 3e-3)
for ep in range(6):
    m.train(); idx = torch.randperm(500)
    for b in idx.split(50):
        loss = F.cross_entropy(m(src[b]), y[b]); opt.zero_grad(); loss.backward(); opt.step()
    m.eval()
    with torch.no_grad(): acc = (m(src[500:]).argmax(-1) == y[500:]).float().mean()
    print(ep, loss.item(), acc.item())
