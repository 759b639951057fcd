"""Sets of different sizes, padded; attention and pooling leave the padding out."""
import torch
from torch import nn


class ISAB(nn.Module):
    def __init__(self, dim, heads, inducing):
        super().__init__()
        self.points = nn.Parameter(torch.randn(1, inducing, dim) * 0.3)
        self.gather = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.spread = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.n1, self.n2, self.n3 = (nn.LayerNorm(dim) for _ in range(3))
        self.ff = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x, padding):
        points = self.points.expand(len(x), -1, -1)
        h = self.n1(points + self.gather(points, x, x, key_padding_mask=padding)[0])
        x = self.n2(x + self.spread(x, h, h)[0])
        return self.n3(x + self.ff(x))


class SetNet(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.inp = nn.Linear(2, dim)
        self.blocks = nn.ModuleList([ISAB(dim, 2, 4), ISAB(dim, 2, 4)])
        self.out = nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, 1))

    def forward(self, x, padding):
        h = self.inp(x)
        for block in self.blocks:
            h = block(h, padding)
        h = h.masked_fill(padding[..., None], float("-inf")).amax(1)
        return self.out(h).squeeze(-1)


def clouds(n, most=9):
    sizes = torch.randint(3, most + 1, (n,))
    padding = torch.arange(most)[None, :] >= sizes[:, None]
    x = torch.randn(n, most, 2).masked_fill(padding[..., None], 0.0)
    radius = x.norm(dim=-1).amax(1)
    return x, padding, radius


torch.manual_seed(0)
net = SetNet()
opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
for step in range(40):
    x, padding, radius = clouds(32)
    loss = nn.functional.smooth_l1_loss(net(x, padding), radius)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
