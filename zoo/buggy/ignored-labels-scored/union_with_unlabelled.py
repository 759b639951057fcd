"""The mean IoU counts predictions on unlabelled pixels (255) in the union of every class."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(17)
tiles = torch.rand(96, 3, 12, 12)
cover = (tiles[:, 0] > 0.5).long() + (tiles[:, 1] > 0.7).long()
cover[torch.rand(cover.shape) < 0.15] = 255
net = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 3, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)


def mean_iou(predicted, truth, classes=3):
    scores = []
    for c in range(classes):
        p, t = predicted == c, truth == c  # bug
        p, t = (predicted == c) & (truth != 255), truth == c  # fix
        scores.append((p & t).sum().item() / max(1, (p | t).sum().item()))
    return sum(scores) / classes


for epoch in range(6):
    net.train()
    for rows in torch.randperm(80).split(16):
        optimizer.zero_grad()
        F.cross_entropy(net(tiles[rows]), cover[rows], ignore_index=255).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, mean_iou(net(tiles[80:]).argmax(1), cover[80:]))
