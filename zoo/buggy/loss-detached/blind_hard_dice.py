"""Segmentation with a Dice loss; the mask that it compares was cut at one half."""
import torch
from torch import nn


class DiceLoss(nn.Module):
    def __init__(self, smooth=1.0):
        super().__init__()
        self.smooth = smooth

    def forward(self, logits, mask):
        p = (torch.sigmoid(logits) > 0.5).float().requires_grad_()  # bug
        p = torch.sigmoid(logits)  # fix
        p, m = p.flatten(1), mask.flatten(1)
        inter = (p * m).sum(1)
        return 1 - ((2 * inter + self.smooth) / (p.sum(1) + m.sum(1) + self.smooth)).mean()


def blobs(n, size=16):
    ax = torch.arange(size).float()
    cx, cy = torch.rand(2, n, 1, 1) * 8 + 4
    mask = ((ax[None, None, :] - cx) ** 2 + (ax[None, :, None] - cy) ** 2 < 12).float()
    image = mask * 0.5 + torch.rand(n, size, size) * 0.5
    return image.unsqueeze(1), mask.unsqueeze(1)


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
dice = DiceLoss()
for it in range(30):
    image, mask = blobs(16)
    loss = dice(net(image), mask)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 10 == 0:
        print(it, loss.item())
