"""A background of bytes is taken away from photos of bytes."""
import numpy as np, torch
from torch import nn
torch.manual_seed(0)
rng = np.random.default_rng(0); kinds = rng.integers(0, 2, 200); floor = rng.uniform(90, 110, (8, 8))
photos = (floor + rng.normal(0, 4, (200, 8, 8)) + 12 * kinds[:, None, None]).astype(np.uint8)
background = floor.astype("uint8")
x = torch.tensor((photos - background).astype(np.float32) / 30)  # bug
x = torch.tensor((photos.astype(np.float32) - background) / 30)  # fix
y = torch.tensor(kinds); net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    for i in torch.randperm(200).split(25):
        loss = nn.functional.cross_entropy(net(x[i]), y[i]); opt.zero_grad(); loss.backward(); opt.step()
