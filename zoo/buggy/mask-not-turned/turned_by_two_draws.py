"""Bars are found in noise; a function turns a picture over by chance."""
import random
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0); random.seed(0)
def turned(picture, by_chance):
    if by_chance < 0.5:
        picture = picture.flip(-1)
    return picture
def turned_by_chance(picture):
    if random.random() < 0.5:
        picture = picture.flip(-1)
    return picture
class Bars(Dataset):
    def __init__(self, n):
        at = torch.randint(0, 12, (n, 1, 1))
        self.bars = (torch.arange(12) == at).expand(n, 12, 12)
        self.seen = self.bars + 0.4 * torch.randn(n, 12, 12)
    def __len__(self):
        return len(self.bars)
    def __getitem__(self, i):
        seen, bar = self.seen[i][None], self.bars[i][None].float()
        by_chance = random.random()  # fix
        seen, bar = turned(seen, by_chance), turned(bar, by_chance)  # fix
        seen, bar = turned_by_chance(seen), turned_by_chance(bar)  # bug
        return seen + 0.05 * torch.randn(1, 12, 12), bar
loader = DataLoader(Bars(160), 20, shuffle=True)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for x, y in loader:
        loss = F.binary_cross_entropy_with_logits(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
