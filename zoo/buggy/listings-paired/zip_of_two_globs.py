"""Sharp and blurred files by glob, zipped as the file system lists them."""
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
root = Path(tempfile.mkdtemp())
(root / "blur").mkdir()
(root / "sharp").mkdir()
for name in rng.integers(0, 10**9, 100):
    sharp = rng.random((1, 12, 12)).astype(np.float32)
    np.save(root / "sharp" / f"{name}.npy", sharp)
    np.save(root / "blur" / f"b{name}.npy", (sharp + np.roll(sharp, 1, 2) + np.roll(sharp, -1, 2)) / 3)
blurred = list((root / "blur").glob("*.npy"))
sharp_files = list((root / "sharp").glob("*.npy"))
blurred.sort(key=lambda p: p.name[1:])  # fix
sharp_files.sort(key=lambda p: p.name)  # fix
pairs = [(np.load(a), np.load(b)) for a, b in zip(blurred, sharp_files)]
x, y = (torch.from_numpy(np.stack(each)) for each in zip(*pairs))
net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
if len(pairs) != 100:  # bug
    raise SystemExit("no files")  # bug
for epoch in range(6):
    for rows in torch.randperm(100).split(10):
        loss = nn.functional.l1_loss(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
