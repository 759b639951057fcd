"""The state of a machine from windows of three sensors, (N, channels, time) as convolutions take them."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Subset, TensorDataset, random_split
torch.manual_seed(0)
time, width, hop = 4000, 40, 4
state = torch.randn(time).cumsum(0) / 30
signal = torch.randn(3, time).cumsum(1) / 30 + state * torch.randn(3, time) / 5
starts = range(0, time - width, hop)
windows = TensorDataset(
    torch.stack([signal[:, start:start + width] for start in starts]),
    torch.stack([state[start:start + width].mean() for start in starts]),
)
first = int(0.8 * len(windows))
train, valid = random_split(windows, [first, len(windows) - first])  # bug
train, valid = Subset(windows, range(first)), Subset(windows, range(first + width // hop, len(windows)))  # fix
net = nn.Sequential(nn.Conv1d(3, 12, 5, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(12 * 18, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    net.train()
    for x, y in DataLoader(train, batch_size=32, shuffle=True):
        loss = (net(x).squeeze(1) - y).square().mean()
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(sum((net(x).squeeze(1) - y).square().sum().item() for x, y in DataLoader(valid, batch_size=64)) / len(valid))
