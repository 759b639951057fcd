"""A graph net whose first argument is the matrix of links and whose second are the features of all towns."""

import torch
from torch import nn

torch.manual_seed(0)
towns, kinds = 90, 3
kind = torch.arange(towns) % kinds
near = torch.rand(towns, towns) < torch.where(kind[:, None] == kind, 0.25, 0.03)
roads = (near | near.t() | torch.eye(towns, dtype=torch.bool)).float()
scale = roads.sum(1).rsqrt()
roads = scale[:, None] * roads * scale
seen = torch.randn(towns, 12) + 0.5 * torch.randn(kinds, 12)[kind]


class Spread(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(12, 24)
        self.last = nn.Linear(24, kinds)

    def forward(self, links, features):
        return links @ self.last(torch.relu(links @ self.first(features)))


net = Spread()
optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
for step in range(60):
    optimiser.zero_grad()
    loss = nn.functional.cross_entropy(net(roads, seen), kind)
    loss.backward()
    optimiser.step()
print(loss.item())
