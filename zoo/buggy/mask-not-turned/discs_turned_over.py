"""Discs are found in noise; every second picture is turned over for training."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
SIDE = 16
def discs(n):
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    middles = torch.randint(3, SIDE - 3, (n, 2))
    inside = (rows - middles[:, :1, None]) ** 2 + (columns - middles[:, 1:, None]) ** 2 < 9
    return inside.float() + 0.3 * torch.randn(n, SIDE, SIDE), inside.long()
class Discs(Dataset):
    def __init__(self, n, turned):
        self.photos, self.discs = discs(n)
        self.turned = turned
    def __len__(self):
        return len(self.photos)
    def __getitem__(self, i):
        photo, disc = self.photos[i], self.discs[i]
        if self.turned and torch.rand(()) < 0.5:
            photo = torch.flip(photo, [0])  # bug
            photo, disc = torch.flip(photo, [0]), torch.flip(disc, [0])  # fix
        if self.turned:
            photo = photo + 0.05 * torch.randn(SIDE, SIDE)
        return photo.unsqueeze(0), disc
train, valid = DataLoader(Discs(200, True), 20, shuffle=True), DataLoader(Discs(60, False), 20)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    net.train()
    for x, y in train:
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum((net(x).argmax(1) == y).float().mean().item() for x, y in valid) / len(valid))
