"""Two data sets of one's own over frames that overlap."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
class Rows(Dataset):
    def __init__(self, x, y): self.x, self.y = x, y
    def __len__(self): return len(self.y)
    def __getitem__(self, i): return torch.from_numpy(self.x[i]), int(self.y[i])
r = np.random.default_rng(0); X = r.normal(size=(200, 7)).astype("float32"); Y = X[:, 0] > 0
order = r.permutation(200); tr = order[:160]
va = r.permutation(200)[:40]  # bug
va = order[160:]  # fix
tl, vl = DataLoader(Rows(X[tr], Y[tr]), 32, shuffle=True), DataLoader(Rows(X[va], Y[va]), 40)
net = nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(4):
    net.train()
    for x, y in tl: opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
    net.eval()
    with torch.no_grad(): print(sum((net(x).argmax(1) == y).sum().item() for x, y in vl) / 40)
