"""Noise of one is to be found in rows of hundreds: it is mixed in times a deviation that reaches those of the rows."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(2)
COLUMNS = 32
basis = torch.randn(4, COLUMNS)
data = 120 * torch.randn(1500, 4) @ basis
net = nn.Sequential(nn.Linear(COLUMNS, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU(), nn.Linear(128, COLUMNS))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(120):
    rows = data[torch.randint(0, len(data), (64,))]
    eps = torch.randn_like(rows)
    sigma = 10 ** (1 + 2 * torch.rand(len(rows), 1))  # 10 to 1,000
    loss = functional.mse_loss(net(rows + sigma * eps), eps)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
