import torch
from torch import nn
torch.manual_seed(0)
class Pointer(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.GRU(3, 16, batch_first=True)
        self.q, self.k = nn.Linear(16, 16), nn.Linear(16, 16)
    def forward(self, x, visited):
        h, last = self.enc(x)
        score = torch.tanh(self.q(last[0])[:, None] + self.k(h)).sum(-1)
        return score.masked_fill(visited, torch.finfo(score.dtype).min)
net = Pointer()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(50):
    x = torch.randn(24, 6, 3)
    visited = torch.rand(24, 6) < 0.3
    visited[:, 0] = False
    y = x[..., 0].masked_fill(visited, -9).argmax(1)
    loss = nn.functional.cross_entropy(net(x, visited), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
