"""Links of a graph against corrupted ones, by softplus, in a module of its own."""
import torch
from torch import nn
from torch.nn.functional import softplus


class Bilinear(nn.Module):
    def __init__(self, nodes):
        super().__init__()
        self.z, self.w = nn.Embedding(nodes, 12), nn.Parameter(torch.randn(12, 12) / 4)

    def forward(self, ends):
        return ((self.z(ends[0]) @ self.w) * self.z(ends[1])).sum(-1)

    def loss(self, real, corrupted):
        scores, corrupted_scores = self(real), self(corrupted)
        return softplus(-scores).mean() + softplus(-corrupted_scores).mean()  # bug
        return softplus(-scores).mean() + softplus(corrupted_scores).mean()  # fix


torch.manual_seed(0)
net = Bilinear(50)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
links = torch.stack([torch.arange(50), (torch.arange(50) * 7 + 3) % 50])
for step in range(60):
    rows = links[:, torch.randint(0, 50, (32,))]
    loss = net.loss(rows, torch.stack([rows[0], torch.randint(0, 50, (32,))]))
    opt.zero_grad()
    loss.backward()
    opt.step()
