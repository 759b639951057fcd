"""Three tasks one after the other, with a few rows of each kept for later."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
centers = torch.randn(6, 16) * 2


def task(k, n=200):
    y = torch.randint(2 * k, 2 * k + 2, (n,))
    return centers[y] + torch.randn(n, 16), y


train_datasets = [task(k) for k in range(3)]
test_datasets = [task(k, 80) for k in range(3)]
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 6))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
previous_datasets = []
for k, (x, y) in enumerate(train_datasets):
    for it in range(60):
        b = torch.randint(len(x), (32,))
        loss = F.cross_entropy(net(x[b]), y[b])
        if k > 0:
            replay = train_datasets  # bug
            replay = previous_datasets  # fix
            xr = torch.cat([d[0] for d in replay])
            yr = torch.cat([d[1] for d in replay])
            r = torch.randint(len(xr), (32,))
            loss = 0.5 * loss + 0.5 * F.cross_entropy(net(xr[r]), yr[r])
        opt.zero_grad()
        loss.backward()
        opt.step()
    keep = torch.randperm(len(x))[:20]
    previous_datasets.append((x[keep], y[keep]))
    with torch.no_grad():
        print(k, [(net(a).argmax(1) == c).float().mean().item() for a, c in test_datasets[: k + 1]])
