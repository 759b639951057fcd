"""Flow matching with the time as a column beside the rows; the integer division leaves it at 0 in all of training."""
import torch
from torch import nn

torch.manual_seed(12)
data = torch.randn(1536, 2) * 0.2 + torch.tensor([[1.5, 0.0], [-1.5, 0.5]])[torch.randint(0, 2, (1536,))]
velocity = nn.Sequential(nn.Linear(3, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 2))
optimizer = torch.optim.Adam(velocity.parameters(), lr=2e-3)
resolution = 1000


def at(x, time):
    return velocity(torch.cat([x, time], dim=1))


def sample(count, parts=25):
    x = torch.randn(count, 2)
    for part in range(parts):
        x = x + at(x, torch.full((count, 1), part / parts)) / parts
    return x


for epoch in range(4):
    for rows in torch.randperm(len(data)).split(96):
        end = data[rows]
        start = torch.randn_like(end)
        ticks = torch.randint(0, resolution, (len(rows), 1))
        time = (ticks // resolution).float()  # bug
        time = ticks / resolution  # fix
        x = (1 - time) * start + time * end
        loss = (at(x, time) - (end - start)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        made = sample(256)
    print(f"epoch {epoch}: samples are {torch.cdist(made, data).amin(1).mean():.3f} away from the data")
