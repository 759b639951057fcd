"""A diffusion of rows of a table: how long people have worked, what they earn, and what their home costs."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(1)
STEPS, COLUMNS = 30, 24
KEPT = torch.cos(torch.linspace(0.02, 1.52, STEPS)).square()
years = 10 * torch.rand(2000, 1)
table = 2_000 + 300 * years + torch.randn(2000, COLUMNS) * torch.linspace(400, 900, COLUMNS)
table = (table - table.mean(0)) / table.std(0)  # fix
net = nn.Sequential(nn.Linear(COLUMNS, 128), nn.SiLU(), nn.Linear(128, 128), nn.SiLU(), nn.Linear(128, COLUMNS))
shift = nn.Embedding(STEPS, COLUMNS)
optimizer = torch.optim.AdamW([*net.parameters(), *shift.parameters()], lr=1e-3)
for step in range(150):
    rows = table[torch.randint(0, len(table), (64,))]
    t = torch.randint(0, STEPS, (64,))
    eps = torch.randn(rows.shape)
    kept = KEPT[t, None]
    mixed = kept.sqrt() * rows + (1 - kept).sqrt() * eps
    loss = functional.mse_loss(net(mixed) + shift(t), eps)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
