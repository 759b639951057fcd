"""Labels with a known share of wrong ones; the true ones are to say how many are right after training."""
import numpy as np
import torch
from torch import nn


def data(rows=800, wrong=0.2, seed=20):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 6)).astype(np.float32)
    y = np.where(x[:, 0] + x[:, 1] > 0, 1, 0)
    noisy = y  # bug
    noisy = y.copy()  # fix
    flipped = rng.random(rows) < wrong
    noisy[flipped] = 1 - noisy[flipped]
    return torch.from_numpy(x), torch.from_numpy(noisy), torch.from_numpy(y)


torch.manual_seed(20)
x, labels, truth = data()
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(x[rows]), labels[rows])
        opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    print((net(x[600:]).argmax(1) == truth[600:]).float().mean().item())
