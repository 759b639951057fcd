"""A graph whose links have weights, in two layers."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(12)


def propagate(x, edge_index, edge_weight=None):
    source, target = edge_index
    message = x[source]
    if edge_weight is not None:
        message = message * edge_weight[:, None]
    return torch.zeros_like(x).index_add(0, target, message)


class GraphNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(8, 16), nn.Linear(16, 3)

    def forward(self, x, edge_index, edge_weight):
        x = F.relu(self.first(propagate(x, edge_index)))  # bug
        x = F.relu(self.first(propagate(x, edge_index, edge_weight)))  # fix
        return self.second(x)


nodes = torch.randn(120, 8)
links = torch.randint(120, (2, 600))
strength = torch.rand(600)
label = torch.zeros(120, 8).index_add(0, links[1], nodes[links[0]] * strength[:, None])[:, :3].argmax(1)
net = GraphNet()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(80):
    out = net(nodes, links, strength)
    loss = F.cross_entropy(out[:80], label[:80])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
