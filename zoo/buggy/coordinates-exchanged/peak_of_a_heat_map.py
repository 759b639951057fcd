"""A heat map of one key point: the image is drawn at [y, x], its target at [x, y]."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Points(Dataset):
    def __init__(self, n):
        rng = np.random.default_rng(0)
        self.points = rng.integers(1, 15, (n, 2))
        self.noise = rng.random((n, 1, 16, 16)).astype(np.float32) * 0.3

    def __len__(self):
        return len(self.points)

    def __getitem__(self, i):
        x, y = self.points[i]
        image = self.noise[i].copy()
        image[0, y - 1:y + 2, x - 1:x + 2] += 0.7
        heat = np.zeros((1, 16, 16), np.float32)
        heat[0, x, y] = 1  # bug
        heat[0, y, x] = 1  # fix
        return torch.from_numpy(image), torch.from_numpy(heat)


net = nn.Sequential(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.Conv2d(16, 1, 5, padding=2))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for image, heat in DataLoader(Points(200), 20, shuffle=True):
        loss = nn.functional.mse_loss(net(image), heat)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
