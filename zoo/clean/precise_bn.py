"""Running statistics are estimated again after training, in train mode, without labels."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
ds = TensorDataset(torch.randn(200, 6), torch.randint(0, 2, (200,)))
dl = DataLoader(ds, 20, shuffle=True)
net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), 0.1)
for e in range(2):
    net.train()
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
net.train()
with torch.no_grad():
    for m in net.modules():
        if isinstance(m, nn.BatchNorm1d):
            m.reset_running_stats(); m.momentum = None
    for x, _ in dl:
        net(x)
net.eval()
