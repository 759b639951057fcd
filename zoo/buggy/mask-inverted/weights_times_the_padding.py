"""Weights of attention are multiplied with a mask that is 1 at the padding."""
import torch
from torch import nn
torch.manual_seed(5)
class Att(nn.Module):
    def __init__(self, d):
        super().__init__(); self.qk, self.v = nn.Linear(d, 2 * d), nn.Linear(d, d)
    def forward(self, x, pad_mask):
        q, k = self.qk(x).chunk(2, -1)
        w = torch.softmax(q @ k.transpose(1, 2) / q.shape[-1] ** 0.5, -1)
        w = w * pad_mask.float().unsqueeze(1)  # bug
        w = w * (~pad_mask).float().unsqueeze(1)  # fix
        w = w / (w.sum(-1, keepdim=True) + 1e-9)
        return x + w @ self.v(x)
class M(nn.Module):
    def __init__(self):
        super().__init__(); self.e, self.a, self.o = nn.Embedding(30, 24), Att(24), nn.Linear(24, 2)
    def forward(self, t):
        pad_mask = t == 0
        return self.o(self.a(self.e(t), pad_mask)[:, 0])
net = M(); opt = torch.optim.Adam(net.parameters(), 3e-3)
for step in range(60):
    t = torch.randint(1, 30, (32, 11)); t[torch.arange(11)[None] >= torch.randint(3, 11, (32, 1))] = 0
    loss = nn.functional.cross_entropy(net(t), (t == 3).any(1).long()); opt.zero_grad(); loss.backward(); opt.step()
