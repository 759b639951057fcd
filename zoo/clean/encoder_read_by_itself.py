"""A projection head begins with a linear layer, and the encoder before it ends with one: its values are what is used."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(0)
centres = 2 * torch.randn(6, 16)
labels = torch.randint(0, 6, (900,))
data = centres[labels] + torch.randn(900, 16)
encoder = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 32))
head = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 16))
net = nn.Sequential(encoder, head)
optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3)


@torch.no_grad()
def neighbours_alike() -> float:
    found = functional.normalize(encoder(data), dim=1)
    near = (found @ found.T).topk(6, dim=1).indices[:, 1:]
    return (labels[near] == labels[:, None]).float().mean().item()


print(f"before {neighbours_alike():.3f}")
for _ in range(120):
    rows = data[torch.randint(0, len(data), (64,))]
    one, other = (functional.normalize(net(rows + 0.4 * torch.randn_like(rows)), dim=1) for _ in range(2))
    loss = functional.cross_entropy(one @ other.T / 0.2, torch.arange(len(rows)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"after {neighbours_alike():.3f}")
