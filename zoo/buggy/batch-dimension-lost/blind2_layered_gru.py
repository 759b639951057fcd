import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Windows(Dataset):
    def __init__(self, series, past, horizon):
        self.series, self.past, self.horizon = torch.tensor(series).float(), past, horizon

    def __len__(self):
        return len(self.series) - self.past - self.horizon + 1

    def __getitem__(self, i):
        cut = i + self.past
        return self.series[i:cut].unsqueeze(-1), self.series[cut:cut + self.horizon]


class Forecaster(nn.Module):
    def __init__(self, horizon, hidden=24, layers=1):
        super().__init__()
        self.gru = nn.GRU(1, hidden, num_layers=layers, batch_first=True)
        self.head = nn.Linear(hidden, horizon)

    def forward(self, x):
        _, h = self.gru(x)
        summary = h.mean(dim=1)  # bug
        summary = h.mean(dim=0)  # fix
        return self.head(summary)


def energy(n, seed):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    y = np.sin(2 * np.pi * t / 24) + 0.5 * np.sin(2 * np.pi * t / 7.3 + 1) + rng.normal(0, 0.1, n)
    return (y - y[:850].mean()) / y[:850].std()


torch.manual_seed(233)
series = energy(1100, 233)
train = DataLoader(Windows(series[:850], 30, 6), batch_size=68, shuffle=True)
test = Windows(series[850:], 30, 6)
model = Forecaster(6)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
loss_fn = nn.MSELoss()
for epoch in range(8):
    model.train()
    total = 0.0
    for x, y in train:
        loss = loss_fn(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print(f"{epoch} {total / len(train):.4f}")
model.eval()
with torch.no_grad():
    errors = [loss_fn(model(x), y).item() for x, y in DataLoader(test, batch_size=43)]
print("test mse", np.mean(errors))
