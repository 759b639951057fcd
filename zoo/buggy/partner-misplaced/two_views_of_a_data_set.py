"""A data set gives two views of each row, which the loop puts side by side; the targets are those of two halves."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class TwoViews(Dataset):
    def __init__(self):
        self.rows = torch.randn(480, 4) @ torch.randn(4, 20)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        row = self.rows[i]
        return torch.stack([row + 0.4 * torch.randn(20), row + 0.4 * torch.randn(20)])


torch.manual_seed(1)
loader = DataLoader(TwoViews(), batch_size=32, shuffle=True, drop_last=True)
encoder = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, 16))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(encoder.parameters(), lr=2e-3)
for epoch in range(4):
    for views in loader:
        x = views.flatten(0, 1)  # bug
        x = views.transpose(0, 1).flatten(0, 1)  # fix
        z = nn.functional.normalize(encoder(x), dim=1)
        n = len(z)
        scores = (z @ z.T)[~torch.eye(n, dtype=torch.bool)].view(n, n - 1) / 0.2
        target = torch.cat([torch.arange(n // 2) + n // 2 - 1, torch.arange(n // 2)])
        loss = criterion(scores, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
