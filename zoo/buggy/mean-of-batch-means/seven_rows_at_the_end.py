"""Each batch of an evaluation counts the same, and the last one has seven rows."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(667, 5); y = x[:, :1].abs() + x[:, 1:2] + 0.3 * torch.randn(667, 1)
train = DataLoader(TensorDataset(x[:400], y[:400]), 40, shuffle=True); val = DataLoader(TensorDataset(x[400:], y[400:]), 65)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3); mse = nn.MSELoss()
def score(loader):
    net.eval(); total = 0.0
    with torch.no_grad():
        for a, b in loader:
            total += mse(net(a), b).item()  # bug
            total += mse(net(a), b).item() * len(a)  # fix
    return total / len(loader)  # bug
    return total / len(loader.dataset)  # fix
for epoch in range(8):
    net.train()
    for a, b in train: opt.zero_grad(); mse(net(a), b).backward(); opt.step()
    print(score(val))
