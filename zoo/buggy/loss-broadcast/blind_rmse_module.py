"""Load forecasting: a day of hours in, the next hour out."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class RMSELoss(nn.Module):
    def __init__(self, eps=1e-6):
        super().__init__()
        self.eps = eps

    def forward(self, yhat, y):
        return torch.sqrt(torch.mean((yhat - y) ** 2) + self.eps)


class Load(Dataset):
    def __init__(self, series, window=24):
        self.series, self.window = series.astype(np.float32), window

    def __len__(self):
        return len(self.series) - self.window

    def __getitem__(self, i):
        return self.series[i:i + self.window, None], self.series[i + self.window]


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 16, batch_first=True)
        self.fc = nn.Linear(16, 1)

    def forward(self, x):
        _, last = self.gru(x)
        return self.fc(last[-1])  # bug
        return self.fc(last[-1]).squeeze(-1)  # fix


torch.manual_seed(0)
hours = np.arange(600)
series = np.sin(hours * 2 * np.pi / 24) + 0.1 * np.random.default_rng(0).normal(size=600)
loader = DataLoader(Load(series), batch_size=64, shuffle=True)
net, criterion = Forecaster(), RMSELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(4):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: rmse {loss.item():.3f}")
