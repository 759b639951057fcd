"""Key points of both sides: image and points are mirrored, and the left hand is not exchanged for the right one."""
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
random.seed(0)
KEYPOINTS = ["nose", "left_eye", "right_eye", "left_hand", "right_hand"]
MIRRORED = [0, 2, 1, 4, 3]


class Pose(Dataset):
    def __init__(self, n):
        self.points = np.random.default_rng(0).random((n, 5, 2)).astype(np.float32) * 22 + 5

    def __len__(self):
        return len(self.points)

    def __getitem__(self, i):
        points, image = self.points[i].copy(), np.zeros((3, 32, 32), np.float32)
        for k, (x, y) in enumerate(points):
            image[k % 3, int(y), int(x)] = 1
        if random.random() < 0.5:
            image = image[:, :, ::-1].copy()
            points[:, 0] = 31 - points[:, 0]
            points = points[MIRRORED]  # fix
        return torch.from_numpy(image), torch.from_numpy(points / 32).flatten()


net = nn.Sequential(nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.Conv2d(8, 16, 5, 2, 2), nn.ReLU(), nn.Flatten(),
                    nn.Linear(1024, 10))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(3):
    for image, points in DataLoader(Pose(160), 16, shuffle=True):
        loss = nn.functional.mse_loss(net(image), points)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
