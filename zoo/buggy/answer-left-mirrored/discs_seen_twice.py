"""Masks of discs in noisy images; at the end each image is seen a second time in a mirror."""

import torch
from torch import nn

torch.manual_seed(0)
SIZE = 24


def images(count):
    y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    centre = torch.randint(5, SIZE - 5, (count, 2, 1, 1))
    mask = ((y - centre[:, 0]) ** 2 + (x - centre[:, 1]) ** 2 < 16).float()[:, None]
    return mask + 0.6 * torch.randn(count, 1, SIZE, SIZE), mask


net = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 1, 1)
)


@torch.no_grad()
def predict(x):
    net.eval()
    p = torch.sigmoid(net(x))
    mirrored = torch.flip(x, dims=[3])
    q = torch.sigmoid(net(mirrored))
    q = torch.flip(q, dims=[3])  # fix
    p = (p + q) / 2  # bug
    p = (p + q) / 2  # fix
    return p > 0.5


optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(120):
    net.train()
    x, mask = images(16)
    loss = nn.functional.binary_cross_entropy_with_logits(net(x), mask)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
x, mask = images(100)
found = predict(x)
print(round(loss.item(), 3), ((found & (mask > 0)).sum() / (found | (mask > 0)).sum()).item())
