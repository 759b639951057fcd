"""Tissue maps are turned by a small angle, as augmentation, together with their slides."""
import math
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(5)
SIDE = 24


def slide():
    tissue = torch.zeros(SIDE, SIDE)
    for kind in (1, 2, 3, 4):
        top, left = torch.randint(2, SIDE - 9, (2,)).tolist()
        tissue[top:top + 7, left:left + 7] = kind
    colours = torch.tensor([[0.0, 0.0], [1.5, 0.2], [0.1, 1.6], [1.4, 1.5], [-1.2, 0.4]])
    return colours[tissue.long()].permute(2, 0, 1) + 0.2 * torch.randn(2, SIDE, SIDE), tissue


class Slides(Dataset):
    def __init__(self, count):
        self.slides = [slide() for _ in range(count)]

    def __len__(self):
        return len(self.slides)

    def __getitem__(self, at):
        picture, tissue = self.slides[at]
        angle = math.radians(20) * (2 * torch.rand(1).item() - 1)
        turn = torch.tensor([[[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]]])
        grid = F.affine_grid(turn, (1, 1, SIDE, SIDE), align_corners=False)
        picture = F.grid_sample(picture[None], grid, align_corners=False)[0]
        turned = F.grid_sample(tissue[None, None], grid, align_corners=False)  # bug
        turned = F.grid_sample(tissue[None, None], grid, mode="nearest", align_corners=False)  # fix
        return picture, torch.round(turned)[0, 0].to(torch.int64)


net = nn.Sequential(nn.Conv2d(2, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 5, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(3):
    for picture, tissue in DataLoader(Slides(48), batch_size=12, shuffle=True):
        loss = F.cross_entropy(net(picture), tissue)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
