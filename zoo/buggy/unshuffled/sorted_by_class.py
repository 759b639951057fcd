import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
y = torch.arange(4).repeat_interleave(100)
x = torch.randn(400, 8) + y[:, None]
dl = DataLoader(TensorDataset(x, y), batch_size=20)  # bug
dl = DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True)  # fix
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
opt = torch.optim.Adam(net.parameters())
for e in range(3):
    for xb, yb in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(xb), yb).backward(); opt.step()
