# held out
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
class D(Dataset):
    def __init__(self, n, seed): r = np.random.default_rng(seed); self.x = r.normal(size=(n, 6)).astype("float32"); self.y = (self.x[:, 0] > 0).astype("int64")
    def __len__(self): return len(self.y)
    def __getitem__(self, i): return self.x[i], self.y[i]
g = torch.Generator(); g.manual_seed(0); torch.manual_seed(0)
tl = DataLoader(D(120, 0), 20, shuffle=True, generator=g, num_workers=2, persistent_workers=True); vl = DataLoader(D(60, 1), 20)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(3):
    net.train()
    for x, y in tl: opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad(): print(sum((net(x).argmax(1) == y).sum().item() for x, y in vl) / 60)
