"""Rows are read into a cache when they are first asked for, and their augmentation writes into it."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Waves(Dataset):
    def __init__(self): self.cache, self.draw, self.kinds = {}, np.random.default_rng(3), np.arange(120) % 2
    def __len__(self): return 120
    def __getitem__(self, at):
        if at not in self.cache:
            self.cache[at] = np.sin((1 + self.kinds[at]) * np.linspace(0, 6, 40)).astype("float32")
        wave = self.cache[at]
        wave = wave.copy()  # fix
        wave += self.draw.normal(0, 0.2, 40).astype("float32")
        return torch.tensor(wave), int(self.kinds[at])
net = nn.Sequential(nn.Linear(40, 16), nn.ReLU(), nn.Linear(16, 2)); optimizer = torch.optim.Adam(net.parameters(), 1e-3)
data = DataLoader(Waves(), 20, shuffle=True)
for epoch in range(4):
    for x, y in data:
        loss = nn.functional.cross_entropy(net(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step()
