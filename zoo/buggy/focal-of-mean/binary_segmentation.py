"""A focal loss on masks, from the mean of all pixels."""
import torch
import torch.nn.functional as F
from torch import nn


def focal(scores, mask, alpha=0.8, gamma=2.0):
    bce = F.binary_cross_entropy(torch.sigmoid(scores), mask, reduction="mean")  # bug
    bce = F.binary_cross_entropy(torch.sigmoid(scores), mask, reduction="none")  # fix
    return (alpha * (1 - torch.exp(-bce)) ** gamma * bce).mean()


torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
optimizer = torch.optim.Adam(net.parameters(), 5e-3)
for step in range(40):
    x = torch.randn(8, 1, 10, 10)
    mask = (F.avg_pool2d(x, 3, 1, 1) > 0.4).float()
    loss = focal(net(x), mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
