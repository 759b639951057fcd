"""A head of boxes on a map of four rows, moved before it is flattened; and two maps compared after the same view."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(19)
ANCHORS = 3
body = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1), nn.ReLU())
boxes, colours = nn.Conv2d(16, ANCHORS * 4, 3, padding=1), nn.Conv2d(16, 5, 1)
optimizer = torch.optim.Adam([*body.parameters(), *boxes.parameters(), *colours.parameters()], lr=2e-3)
for step in range(60):
    pictures = torch.randn(16, 1, 16, 16)
    maps = body(pictures)
    corners = boxes(maps).permute(0, 2, 3, 1).sigmoid().reshape(16, -1, 4)
    wanted = pictures.mean((1, 2, 3)).sigmoid()[:, None, None].expand_as(corners)
    tint = F.adaptive_avg_pool2d(pictures, 4).expand(16, 5, 4, 4).tanh()
    loss = F.smooth_l1_loss(corners, wanted) + F.mse_loss(colours(maps).view(16, -1, 5), tint.reshape(16, -1, 5))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
