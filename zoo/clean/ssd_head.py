"""Classes of anchors are brought to the end by permute; the map is as high as there are classes."""

import torch
from torch import nn

torch.manual_seed(0)


class Head(nn.Module):
    def __init__(self, A=3, C=4):
        super().__init__()
        self.C = C
        self.f = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU())
        self.cls, self.box = nn.Conv2d(16, A * C, 3, padding=1), nn.Conv2d(16, A * 4, 3, padding=1)

    def forward(self, x):
        h = self.f(x)
        B = len(x)
        return self.cls(h).permute(0, 2, 3, 1).reshape(B, -1, self.C), self.box(h).permute(
            0, 2, 3, 1
        ).reshape(B, -1, 4)


net = Head()
opt = torch.optim.Adam(net.parameters(), 3e-3)
for i in range(70):
    x = torch.rand(8, 1, 8, 8)
    c, b = net(x)
    y = (x.view(8, -1)[:, :48] * 4).long().clamp(max=3)
    t = torch.randn(8, 48, 4) * 0.1
    pos = y > 0
    loss = nn.functional.cross_entropy(c.reshape(-1, 4), y.reshape(-1)) + nn.functional.smooth_l1_loss(
        b[pos], t[pos]
    )
    opt.zero_grad()
    loss.backward()
    opt.step()
