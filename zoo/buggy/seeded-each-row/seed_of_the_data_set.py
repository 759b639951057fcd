"""Small pictures that are shifted by chance as they are read."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Shifted(Dataset):
    def __init__(self, images, labels, seed):
        self.images, self.labels, self.seed = images, labels, seed
        self.random = np.random.default_rng(seed)  # fix
    def __len__(self):
        return len(self.images)
    def __getitem__(self, row):
        random = np.random.default_rng(self.seed)  # bug
        random = self.random  # fix
        down, right = random.integers(-2, 3, size=2)
        return torch.roll(self.images[row], (int(down), int(right)), (1, 2)), self.labels[row]
labels = torch.randint(0, 4, (600,))
images = torch.randn(600, 1, 12, 12) * 0.3
for row, label in enumerate(labels):
    images[row, 0, 3 * int(label) : 3 * int(label) + 3] += 1
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(800, 4))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(3):
    for x, y in DataLoader(Shifted(images, labels, seed=1), batch_size=32, shuffle=True):
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
