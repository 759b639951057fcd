import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
class D(Dataset):
    def __init__(self): r = np.random.default_rng(0); self.data = {"x": r.normal(size=(60, 5)).astype("float32"), "y": r.integers(0, 2, 60)}
    def __len__(self): return 60
    def __getitem__(self, i):
        x = self.data["x"][i]
        x *= 0.5  # bug
        x = x * 0.5  # fix
        return torch.from_numpy(x.copy()), int(self.data["y"][i])
torch.manual_seed(0); net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(2):
    for x, y in DataLoader(D(), 12, shuffle=True): opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
