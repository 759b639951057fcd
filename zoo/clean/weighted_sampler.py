import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler
torch.manual_seed(0)
y = (torch.rand(200) < 0.1).long(); x = torch.randn(200, 6) + y[:, None]
w = torch.where(y == 1, 9.0, 1.0)
dl = DataLoader(TensorDataset(x, y), 20, sampler=WeightedRandomSampler(w, 200))
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(3):
    for xb, yb in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(xb), yb).backward(); opt.step()
