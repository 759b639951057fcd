"""Squares on noise: a rim around each is not labelled (255), as nobody can say to what its pixels belong."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
rng = np.random.default_rng(0)


class Squares(Dataset):
    def __init__(self, rows):
        self.images = rng.normal(size=(rows, 16, 16)).astype("float32")
        self.labels = np.zeros((rows, 16, 16), dtype="int64")
        for image, label in zip(self.images, self.labels):
            top, left = rng.integers(0, 8, 2)
            image[top : top + 8, left : left + 8] += 2
            label[top : top + 8, left : left + 8] = 255
            label[top + 2 : top + 6, left + 2 : left + 6] = 1

    def __len__(self):
        return len(self.images)

    def __getitem__(self, row):
        label = self.labels[row]
        label = np.where(label == 255, 0, label)  # bug
        return torch.from_numpy(self.images[row])[None], torch.from_numpy(label)


loader = DataLoader(Squares(300), batch_size=30, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 2, 3, padding=1))
criterion = nn.CrossEntropyLoss(ignore_index=255)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    for image, label in loader:
        loss = criterion(net(image), label)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
