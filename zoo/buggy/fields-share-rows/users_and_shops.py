"""Users, shops and days of the week in one table: the numbers of each begin at 0."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
USERS, SHOPS, DAYS = 40, 30, 7


class OneTable(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(USERS + SHOPS + DAYS, 8)
        self.register_buffer("offsets", torch.tensor([0, USERS, USERS + SHOPS]))
        self.head = nn.Sequential(nn.Linear(24, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, ids):
        found = self.table(ids)  # bug
        found = self.table(ids + self.offsets)  # fix
        return self.head(found.flatten(1)).squeeze(1)


ids = torch.stack([torch.randint(n, (1500,)) for n in (USERS, SHOPS, DAYS)], 1)
spent = torch.randn(USERS)[ids[:, 0]] + torch.randn(SHOPS)[ids[:, 1]] + torch.randn(DAYS)[ids[:, 2]]
loader = DataLoader(TensorDataset(ids, spent), batch_size=50, shuffle=True)
net = OneTable()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for x, y in loader:
        loss = nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
