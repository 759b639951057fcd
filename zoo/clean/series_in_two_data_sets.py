"""Overlapping windows of a river's level, parted by time, with a score of the training windows from another data set."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Levels(Dataset):
    def __init__(self, level, first, last, days=20, ahead=3):
        self.rows = [level[at : at + days + ahead] for at in range(first, last - days - ahead)]
        self.ahead = ahead

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, at):
        row = torch.as_tensor(self.rows[at], dtype=torch.float32)
        return row[: -self.ahead], row[-self.ahead :]


torch.manual_seed(1)
rng = np.random.default_rng(1)
level = np.sin(np.arange(900) / 20) + np.cumsum(0.05 * rng.normal(size=900))
loader = DataLoader(Levels(level, 0, 700), batch_size=40, shuffle=True)
scored = {
    "before": DataLoader(Levels(level, 0, 700), batch_size=100),
    "after": DataLoader(Levels(level, 680, 900), batch_size=1),
}
net = nn.Sequential(nn.Linear(20, 32), nn.Tanh(), nn.Linear(32, 3))
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    net.train()
    for past, future in loader:
        loss = nn.functional.mse_loss(net(past), future)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    net.eval()
    with torch.no_grad():
        for name, rows in scored.items():
            errors = [nn.functional.mse_loss(net(past), future).item() for past, future in rows]
            print(epoch, name, sum(errors) / len(errors))
