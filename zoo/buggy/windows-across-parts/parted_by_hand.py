"""Windows are cut, put in a random order, and parted into two data sets."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
s = torch.sin(torch.arange(620.0) / 7) + 0.2 * torch.randn(620); w = s.unfold(0, 21, 1); x, y = w[:, :20].clone(), w[:, 20].clone()
order = torch.randperm(600)  # bug
order = torch.arange(600)  # fix
train, test = order[:460], order[480:]
loader, other = DataLoader(TensorDataset(x[train], y[train]), 46, shuffle=True), DataLoader(TensorDataset(x[test], y[test]), 60)
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for a, b in loader:
        loss = nn.functional.mse_loss(net(a).squeeze(1), b); opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(sum(nn.functional.mse_loss(net(a).squeeze(1), b).item() for a, b in other))
