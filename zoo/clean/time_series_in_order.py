import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
s = torch.sin(torch.arange(600) / 9.0) + 0.1 * torch.randn(600)
x = s.unfold(0, 12, 1)[:-1]; y = s[12:]
dl = DataLoader(TensorDataset(x[:480], y[:480]), 32)
net = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for e in range(3):
    for xb, yb in dl:
        opt.zero_grad(); nn.functional.mse_loss(net(xb).squeeze(-1), yb).backward(); opt.step()
