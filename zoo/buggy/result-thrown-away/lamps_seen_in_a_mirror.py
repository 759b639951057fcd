"""Where is the lamp: half of the pictures are mirrored, with the place of the lamp."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

WIDTH = 24


class Rooms(Dataset):
    def __init__(self, count, seed, mirrored):
        self.rng = np.random.default_rng(seed)
        self.mirrored = mirrored
        self.lamps = self.rng.integers(2, WIDTH - 2, (count, 2))
        self.rooms = self.rng.normal(0, 0.2, (count, WIDTH, WIDTH)).astype(np.float32)
        for room, (row, column) in zip(self.rooms, self.lamps):
            room[row - 1:row + 2, column - 1:column + 2] += 1.5

    def __len__(self):
        return len(self.rooms)

    def __getitem__(self, i):
        room, (row, column) = self.rooms[i], self.lamps[i]
        if self.mirrored and self.rng.random() < 0.5:
            np.flip(room, axis=1)  # bug
            room = np.flip(room, axis=1).copy()  # fix
            column = WIDTH - 1 - column
        return torch.from_numpy(room)[None], torch.tensor([row, column], dtype=torch.float32) / WIDTH


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1728, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
valid = Rooms(200, 1, mirrored=False)
for epoch in range(6):
    net.train()
    for rooms, places in DataLoader(Rooms(600, 0, mirrored=True), batch_size=40, shuffle=True):
        loss = nn.functional.smooth_l1_loss(net(rooms), places)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        errors = [(net(rooms) - places).norm(dim=1) for rooms, places in DataLoader(valid, batch_size=100)]
    print(epoch, f"{WIDTH * torch.cat(errors).mean():.2f} pixels")
