"""A net that was trained for eight kinds gets low-rank adapters and a head for five others."""

import torch
from torch import nn

torch.manual_seed(0)


class LowRank(nn.Module):
    def __init__(self, base, rank=4):
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(rank, base.in_features) * 0.1)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + x @ self.down.T @ self.up.T


def train(net, centres, steps):
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=5e-3)
    for _ in range(steps):
        y = torch.randint(0, len(centres), (48,))
        loss = nn.functional.cross_entropy(net(centres[y] + 0.8 * torch.randn(48, 12)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


body = nn.Sequential(nn.Linear(12, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh())
print("before", train(nn.Sequential(body, nn.Linear(40, 8)), torch.randn(8, 12), 80))
head = nn.Linear(40, 5)
net = nn.Sequential(body, head)
for weight in net.parameters():
    weight.requires_grad_(False)
body[0], body[2] = LowRank(body[0]), LowRank(body[2])
head.requires_grad_(True)  # fix
print("after", train(net, torch.randn(5, 12), 80))
