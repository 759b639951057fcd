"""Signatures of writers: a triplet loss in a class of its own, whose margin is a choice."""
import torch
from torch import nn
from torch.nn import functional as F


class Triplet(nn.Module):
    def __init__(self, margin=1.0, squared=True):
        super().__init__()
        self.margin = margin
        self.squared = squared

    def forward(self, anchor, same, other):
        near = (anchor - same).square().sum(1)
        far = (anchor - other).square().sum(1)
        if not self.squared:
            near, far = near.sqrt(), far.sqrt()
        return F.relu(near - far + 1.0).mean()  # bug
        return F.relu(near - far + self.margin).mean()  # fix


torch.manual_seed(30)
hands = torch.randn(40, 16)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 8))
loss_of = Triplet(margin=0.3)
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(400):
    writer = torch.randint(40, (32,))
    forger = (writer + torch.randint(1, 40, (32,))) % 40
    a, b, c = (net(hands[who] + 0.7 * torch.randn(32, 16)) for who in (writer, writer, forger))
    loss = loss_of(F.normalize(a), F.normalize(b), F.normalize(c))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        print(step + 1, round(loss.item(), 4))
