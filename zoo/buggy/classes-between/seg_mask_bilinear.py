"""Masks are resized bilinearly."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(12)
class Seg(Dataset):
    def __init__(self, n):
        g = torch.Generator().manual_seed(n)
        self.images = torch.rand(n, 3, 48, 48, generator=g)
        self.masks = torch.zeros(n, 48, 48, dtype=torch.long)
        for k in range(n):
            r, c = torch.randint(4, 20, (2,), generator=g).tolist()
            self.masks[k, r:r + 21, c:c + 17] = 3
            self.masks[k, r + 5:r + 12, c + 3:c + 9] = 1
        self.images[:, 0] += self.masks * 0.3
    def __len__(self):
        return len(self.images)
    def __getitem__(self, i):
        image = F.interpolate(self.images[i][None], size=(32, 32), mode="bilinear", align_corners=False)[0]
        mask = self.masks[i][None, None].float()
        mask = F.interpolate(mask, size=(32, 32), mode="bilinear", align_corners=False)[0, 0].long()  # bug
        mask = F.interpolate(mask, size=(32, 32), mode="nearest")[0, 0].long()  # fix
        return image, mask
net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 4, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for x, y in DataLoader(Seg(80), batch_size=8, shuffle=True):
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
