"""Mixup of images in a function of its own: the partner is taken from what has been scaled."""

import numpy as np
import torch
from torch import nn

torch.manual_seed(1)
np.random.seed(1)
bank = torch.randn(4, 1, 8, 8)


def mixup(images, labels):
    lam, order = np.random.beta(0.3, 0.3), torch.randperm(len(images))
    images = images * lam + images[order] * (1 - lam)  # fix
    images = images * lam  # bug
    images = images + images[order] * (1 - lam)  # bug
    return images, labels, labels[order], lam


net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for step in range(60):
    labels = torch.randint(0, 4, (48,))
    images, first, second, lam = mixup(bank[labels] + 0.5 * torch.randn(48, 1, 8, 8), labels)
    scores = net(images)
    loss = lam * nn.functional.cross_entropy(scores, first) + (1 - lam) * nn.functional.cross_entropy(scores, second)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss", loss.item())
