"""IoU of masks: the union is the sum of both areas, the intersection is in it twice."""
import torch
from torch import nn

torch.manual_seed(0)
mask = (nn.functional.avg_pool2d(torch.randn(200, 1, 16, 16), 5, 1, 2) > 0).float()
x = mask + 0.5 * torch.randn_like(mask)
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)


def iou_score(output, target):
    pred = torch.sigmoid(output) > 0.5
    target = target > 0.5
    intersection = (pred & target).sum((1, 2, 3)).float()
    union = pred.sum((1, 2, 3)) + target.sum((1, 2, 3))  # bug
    union = pred.sum((1, 2, 3)) + target.sum((1, 2, 3)) - intersection  # fix
    return ((intersection + 1e-6) / (union + 1e-6)).mean().item()


for epoch in range(4):
    for rows in torch.randperm(160).split(16):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows]), mask[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, iou_score(net(x[160:]), mask[160:]))
