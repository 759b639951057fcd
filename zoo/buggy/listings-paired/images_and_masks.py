"""Images and masks of two folders, listed apart and never sorted."""
import os
import tempfile

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
rng = np.random.default_rng(0)
root = tempfile.mkdtemp()
os.makedirs(f"{root}/images")
os.makedirs(f"{root}/masks")
for name in rng.integers(0, 10**9, 120):
    mask = (rng.random((8, 8)) > 0.5).astype(np.float32)
    np.save(f"{root}/images/{name}.npy", mask + 0.1 * rng.standard_normal((8, 8)).astype(np.float32))
    np.save(f"{root}/masks/{name}_mask.npy", mask)


class Segmentation(Dataset):
    def __init__(self, root):
        self.root = root
        self.images = os.listdir(os.path.join(root, "images"))  # bug
        self.masks = os.listdir(os.path.join(root, "masks"))  # bug
        self.images = sorted(os.listdir(os.path.join(root, "images")))  # fix
        self.masks = sorted(os.listdir(os.path.join(root, "masks")))  # fix

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = np.load(os.path.join(self.root, "images", self.images[i]))
        mask = np.load(os.path.join(self.root, "masks", self.masks[i]))
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
