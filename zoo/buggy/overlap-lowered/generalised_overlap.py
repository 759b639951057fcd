"""A regression of boxes whose loss is the generalised overlap itself."""
import torch
from torch import nn

torch.manual_seed(0)


def area(box):
    return (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])


def bbox_giou(a, b):
    low, high = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
    inter = (high - low).clamp(min=0).prod(1)
    union = area(a) + area(b) - inter
    hull = (torch.max(a[:, 2:], b[:, 2:]) - torch.min(a[:, :2], b[:, :2])).prod(1)
    return inter / (union + 1e-7) - (hull - union) / (hull + 1e-7)


def corners(raw):
    p = raw.sigmoid()
    return torch.cat([p[:, :2] - p[:, 2:] / 2, p[:, :2] + p[:, 2:] / 2], 1)


x = torch.randn(400, 10)
y = corners(x[:, :4])
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 4))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = bbox_giou(corners(net(x[rows])), y[rows]).mean()  # bug
        loss = (1 - bbox_giou(corners(net(x[rows])), y[rows])).mean()  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
