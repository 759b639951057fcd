"""Two listings: masks are found by the image's name, and the files of two unpaired kinds only have a number."""
import os
import tempfile

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
rng = np.random.default_rng(0)
root = tempfile.mkdtemp()
for folder in ("images", "masks"):
    os.makedirs(f"{root}/{folder}")
for name in rng.integers(0, 10**9, 120):
    mask = (rng.random((8, 8)) > 0.5).astype(np.float32)
    np.save(f"{root}/images/{name}.npy", mask + 0.1 * rng.standard_normal((8, 8)).astype(np.float32))
    np.save(f"{root}/masks/{name}.npy", mask)


class Segmentation(Dataset):
    def __init__(self, root):
        self.root, self.images = root, os.listdir(f"{root}/images")
        masks = set(os.listdir(f"{root}/masks"))
        self.images = [name for name in self.images if name in masks]

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image, mask = (np.load(f"{self.root}/{folder}/{self.images[i]}") for folder in ("images", "masks"))
        return torch.from_numpy(image)[None], torch.from_numpy(mask)[None]


net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for x, y in DataLoader(Segmentation(root), 12, shuffle=True):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
