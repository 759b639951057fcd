"""Cutmix of small images: a patch comes from another image of the batch, whose class is weighed by its area."""
import torch
from torch import nn

torch.manual_seed(0)
images = torch.rand(600, 1, 12, 12)
kinds = torch.randint(0, 3, (600,))
for k in range(3):
    images[kinds == k, :, :, 4 * k : 4 * k + 4] += 0.4
net = nn.Sequential(nn.Conv2d(1, 12, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1200, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)


def cut_and_mix(x, y):
    order = torch.randperm(x.size(0))
    top, left = torch.randint(0, 6, (2,)).tolist()
    x = x.clone()
    x[:, :, top : top + 6, left : left + 6] = x[order, :, top : top + 6, left : left + 6]
    order = torch.randperm(y.size(0))  # bug
    return x, y, y[order], 1 - 36 / 144


for epoch in range(6):
    for rows in torch.randperm(600).split(50):
        x, y_a, y_b, lam = cut_and_mix(images[rows], kinds[rows])
        out = net(x)
        loss = lam * nn.functional.cross_entropy(out, y_a) + (1 - lam) * nn.functional.cross_entropy(out, y_b)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
