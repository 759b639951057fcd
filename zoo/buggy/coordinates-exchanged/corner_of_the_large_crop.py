"""Super-resolution: the crop of the large image begins where that of the small one does, not twice as far away."""
import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
random.seed(0)


class Pairs(Dataset):
    def __init__(self, n):
        self.large = F.avg_pool2d(torch.rand(n, 1, 64, 64), 5, 1, 2)
        self.small = F.avg_pool2d(self.large, 2)

    def __len__(self):
        return len(self.large)

    def __getitem__(self, i):
        small, large, p, scale = self.small[i], self.large[i], 12, 2
        x, y = random.randint(0, 32 - p), random.randint(0, 32 - p)
        patch = small[:, y:y + p, x:x + p]
        target = large[:, y:y + scale * p, x:x + scale * p]  # bug
        target = large[:, scale * y:scale * y + scale * p, scale * x:scale * x + scale * p]  # fix
        return patch, target


net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 4, 3, padding=1), nn.PixelShuffle(2))
opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(5):
    for small, large in DataLoader(Pairs(80), 10, shuffle=True):
        loss = F.l1_loss(net(small), large)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
