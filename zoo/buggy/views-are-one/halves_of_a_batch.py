"""Both views of a batch are stacked, and the second one is the first."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class TwoViews(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def __len__(self):
        return len(self.rows)

    def disturb(self, row):
        return row + 0.2 * torch.randn_like(row)

    def __getitem__(self, at):
        row = self.disturb(self.rows[at])  # bug
        return row, row  # bug
        return self.disturb(self.rows[at]), self.disturb(self.rows[at])  # fix


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 16))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(4):
    for one, other in DataLoader(TwoViews(torch.randn(320, 16)), batch_size=32, shuffle=True, drop_last=True):
        features = nn.functional.normalize(model(torch.cat([one, other])), dim=1)
        similarity = torch.mm(features, features.t()) / 0.5
        similarity = similarity - 1e9 * torch.eye(64)
        partner = (torch.arange(64) + 32) % 64
        loss = nn.functional.cross_entropy(similarity, partner)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
