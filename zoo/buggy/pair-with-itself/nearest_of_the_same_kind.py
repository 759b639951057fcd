"""Each embedding is drawn to the nearest one of its kind, and pressed from the nearest of the others."""
import torch
from torch import nn

torch.manual_seed(5)
centres = torch.randn(6, 20)
kinds = torch.arange(360) % 6
rows = centres[kinds] + torch.randn(360, 20)
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

for epoch in range(4):
    for batch in torch.randperm(360).split(36):
        z = nn.functional.normalize(net(rows[batch]), dim=1)
        gaps = (z[:, None] - z[None]).square().sum(-1).add(1e-9).sqrt()
        alike = kinds[batch][:, None] == kinds[batch]
        mates = alike  # bug
        mates = alike & ~torch.eye(len(batch), dtype=torch.bool)  # fix
        near = gaps.masked_fill(mates.logical_not(), 9.0).min(dim=1)[0]
        far = gaps.masked_fill(alike, 9.0).min(dim=1)[0]
        loss = (near - far + 0.4).clamp(min=0).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
