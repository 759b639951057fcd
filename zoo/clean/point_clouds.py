"""The rows of the input are the points of one cloud, with what is largest over all of them beside each."""

import torch
from torch import nn

torch.manual_seed(0)


class PointSeg(nn.Module):
    def __init__(self):
        super().__init__()
        self.local = nn.Sequential(nn.Linear(3, 32), nn.ReLU())
        self.head = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, pts):
        f = self.local(pts)
        g = f.max(0, keepdim=True).values.expand_as(f)
        return self.head(torch.cat([f, g], 1))


net = PointSeg()
opt = torch.optim.Adam(net.parameters(), 3e-3)
clouds = [torch.randn(128, 3) for _ in range(6)]
for i in range(90):
    p = clouds[i % 6]
    y = (p[:, 2] > p[:, 2].mean()).long()
    loss = nn.functional.cross_entropy(net(p), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
