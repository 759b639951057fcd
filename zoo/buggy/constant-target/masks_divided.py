"""Masks of classes 0 and 1 are scaled like the images, and every pixel becomes class 0."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
rng = np.random.default_rng(0)


class Cells(Dataset):
    images = rng.integers(0, 256, (48, 16, 16), dtype=np.uint8)

    def __len__(self):
        return 48

    def __getitem__(self, i):
        image, mask = self.images[i], (self.images[i] > 128).astype(np.uint8)
        scaled = torch.from_numpy(image)[None] / 255
        return scaled, (torch.from_numpy(mask) / 255).long()  # bug
        return scaled, torch.from_numpy(mask).long()  # fix


net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(2):
    for image, mask in DataLoader(Cells(), batch_size=4, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(image), mask).backward()
        optimizer.step()
