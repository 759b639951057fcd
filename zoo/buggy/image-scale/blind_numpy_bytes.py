import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Icons(Dataset):
    """Small colour icons: a bright disc or a bright square on a dark ground."""

    def __init__(self, n, seed=0):
        rng = np.random.default_rng(seed)
        self.labels = rng.integers(0, 2, n)
        yy, xx = np.mgrid[:16, :16]
        self.images = rng.integers(0, 90, (n, 16, 16, 3), dtype=np.uint8)
        for k in range(n):
            cx, cy = rng.integers(5, 11, 2)
            disc = (xx - cx) ** 2 + (yy - cy) ** 2 < 18
            square = (abs(xx - cx) < 4) & (abs(yy - cy) < 4)
            self.images[k][square if self.labels[k] else disc] = rng.integers(150, 256, 3)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = torch.from_numpy(self.images[i]).permute(2, 0, 1).float()
        image = (image / 255 - 0.3) / 0.25  # fix
        return image, int(self.labels[i])


torch.manual_seed(0)
cnn = nn.Sequential(
    nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(256, 2),
)
opt = torch.optim.Adam(cnn.parameters(), lr=3e-3)
for epoch in range(4):
    for images, labels in DataLoader(Icons(256), batch_size=32, shuffle=True):
        loss = nn.functional.cross_entropy(cnn(images), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
