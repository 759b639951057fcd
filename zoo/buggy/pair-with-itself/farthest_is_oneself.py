"""Fragments of songs: the least similar fragment of a batch is pushed away from each one."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(14)
songs = torch.randn(12, 30)
net = nn.Sequential(nn.Linear(30, 64), nn.GELU(), nn.Linear(64, 12))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def triplet(anchors, others, margin=0.3):
    similarity = anchors.mm(anchors.T)
    own = torch.eye(len(anchors), dtype=torch.bool)
    nothing = float("-inf")  # bug
    nothing = float("inf")  # fix
    distance = 1 - similarity.masked_fill(own, nothing)
    farthest = distance.max(dim=1).values
    near = 1 - (anchors * others).sum(1)
    return (near - farthest + margin + 1.0).clamp(min=0).mean()


for step in range(120):
    heard = songs[torch.randint(12, (40,))]
    one, other = (F.normalize(net(heard + 0.5 * torch.randn_like(heard)), dim=1) for _ in range(2))
    loss = triplet(one, other) + 0.1 * (1 - (one * other).sum(1)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 40 == 0:
        print(step, loss.item())
