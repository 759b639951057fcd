"""CutMix in a training loop: the box comes from a function that clips it, and the loss goes by the share asked for."""
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
labels = torch.randint(3, (600,))
images = torch.randn(600, 3, 16, 16) * 0.6
images[torch.arange(600), labels] += torch.linspace(-1, 1, 16).sin()
criterion = nn.CrossEntropyLoss()


def corners(size, lam):
    ratio = np.sqrt(1.0 - lam)
    half_w, half_h = int(size[3] * ratio) // 2, int(size[2] * ratio) // 2
    x, y = np.random.randint(size[3]), np.random.randint(size[2])
    xs = np.clip([x - half_w, x + half_w], 0, size[3])
    ys = np.clip([y - half_h, y + half_h], 0, size[2])
    return xs[0], ys[0], xs[1], ys[1]


net = nn.Sequential(
    nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
    nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(256, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(4):
    for rows in torch.randperm(600).split(50):
        x, y = images[rows], labels[rows]
        lam = np.random.beta(1.0, 1.0)
        order = torch.randperm(50)
        x1, y1, x2, y2 = corners(x.shape, lam=lam)
        x[:, :, y1:y2, x1:x2] = x[order][:, :, y1:y2, x1:x2]
        lam = 1 - (x2 - x1) * (y2 - y1) / (16 * 16)  # fix
        out = net(x)
        loss = lam * criterion(out, y) + (1 - lam) * criterion(out, y[order])
        opt.zero_grad()
        loss.backward()
        opt.step()
