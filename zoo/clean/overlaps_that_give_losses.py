"""Functions with the names of overlaps that give losses, a negative overlap, and a logarithm of one."""
import torch
from torch import nn

torch.manual_seed(0)
mask = (nn.functional.avg_pool2d(torch.randn(160, 1, 16, 16), 5, 1, 2) > 0).float()
x = mask + 0.5 * torch.randn_like(mask)


def dice(p, t):
    score = (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)
    return 1 - score


def soft_iou(p, t):
    inter = (p * t).sum((1, 2, 3))
    return (inter + 1) / (p.sum((1, 2, 3)) + t.sum((1, 2, 3)) - inter + 1)


net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(6):
    for rows in torch.randperm(160).split(16):
        p = net(x[rows]).sigmoid()
        if epoch % 3 == 0:
            loss = dice(p, mask[rows])
        elif epoch % 3 == 1:
            loss = -soft_iou(p, mask[rows]).mean()
        else:
            loss = -torch.log(soft_iou(p, mask[rows])).mean() - 0.1 * soft_iou(p, mask[rows]).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
