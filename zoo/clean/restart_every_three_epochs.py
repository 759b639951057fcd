"""Warm restarts: a new optimiser for each cycle of three epochs."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
X = torch.randn(96, 4); L = DataLoader(TensorDataset(X, (X[:, 0] > 0).long()), 16, shuffle=True); snaps = []
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
for cycle in range(4):
    opt = torch.optim.SGD(net.parameters(), .1, momentum=.9); sch = torch.optim.lr_scheduler.CosineAnnealingLR(opt, 3 * len(L))
    for e in range(3):
        for x, y in L:
            opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step(); sch.step()
    snaps.append({k: v.clone() for k, v in net.state_dict().items()})
