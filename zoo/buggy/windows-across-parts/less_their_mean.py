"""Overlapping windows of a series, each less its own mean, are split at random."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, random_split
torch.manual_seed(0)
class Windows(Dataset):
    def __init__(self, series, length): self.s, self.n = series, length
    def __len__(self): return len(self.s) - self.n
    def __getitem__(self, i): w = self.s[i : i + self.n]; return w - w.mean(), self.s[i + self.n] - w.mean()
t = torch.arange(700.0); data = Windows((t / 9).sin() + 0.1 * torch.randn(700), 16)
train, valid = random_split(data, [0.8, 0.2])  # bug
train, valid = Subset(data, range(0, 540)), Subset(data, range(556, 684))  # fix
loader, valid_loader = DataLoader(train, 32, shuffle=True), DataLoader(valid, 64)
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    net.train()
    for a, b in loader:
        loss = nn.functional.mse_loss(net(a).squeeze(1), b); opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): print(sum(nn.functional.mse_loss(net(a).squeeze(1), b).item() for a, b in valid_loader))
