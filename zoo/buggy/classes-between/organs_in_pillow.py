"""Outlines of three organs, kept as pictures of grey numbers, are made smaller as the scans are."""
import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Scans(Dataset):
    def __init__(self, count, seed):
        rng = np.random.default_rng(seed)
        self.pairs = []
        down, across = np.mgrid[:40, :40]
        for _ in range(count):
            organs = np.zeros((40, 40), np.uint8)
            for organ in range(1, 4):
                y, x = rng.integers(8, 32, 2)
                organs[(down - y) ** 2 + (across - x) ** 2 < 60 - 8 * organ] = organ
            scan = np.clip(60 * organs + 20 * rng.normal(size=organs.shape) + 30, 0, 255).astype(np.uint8)
            self.pairs.append((Image.fromarray(scan), Image.fromarray(organs)))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, at):
        scan, organs = self.pairs[at]
        scan = scan.resize((24, 24), Image.BILINEAR)
        organs = organs.resize((24, 24), Image.BILINEAR)  # bug
        organs = organs.resize((24, 24), Image.NEAREST)  # fix
        scan = torch.from_numpy(np.array(scan)).float().div(255).sub(0.3).div(0.25)
        return scan.unsqueeze(0), torch.from_numpy(np.array(organs)).long()


torch.manual_seed(3)
net = nn.Sequential(nn.Conv2d(1, 12, 5, padding=2), nn.GELU(), nn.Conv2d(12, 12, 3, padding=1), nn.GELU(), nn.Conv2d(12, 4, 1))
criterion = nn.CrossEntropyLoss()
optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3)
train, valid = DataLoader(Scans(120, 1), batch_size=12, shuffle=True), DataLoader(Scans(30, 2), batch_size=30)
for epoch in range(4):
    net.train()
    for scan, organs in train:
        optimiser.zero_grad(set_to_none=True)
        criterion(net(scan), organs).backward()
        optimiser.step()
    net.eval()
    with torch.inference_mode():
        for scan, organs in valid:
            print(epoch, f"{(net(scan).argmax(1) == organs).float().mean():.1%} of the pixels")
