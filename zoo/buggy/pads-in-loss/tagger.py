"""A tag for every word; the positions after a sentence count as tag 0."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Embedding(30, 16, padding_idx=0), nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(15):
    words = torch.randint(1, 30, (10, 9)) * (torch.arange(9) < torch.randint(3, 10, (10, 1)))
    tags = torch.where(words > 0, 1 + words % 3, 0)
    loss = nn.functional.cross_entropy(net(words).flatten(0, 1), tags.flatten())  # bug
    loss = nn.functional.cross_entropy(net(words).flatten(0, 1), tags.flatten(), ignore_index=0)  # fix
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
