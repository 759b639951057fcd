"""Absolute errors are written out, batch by batch, on a part that begins within the training rows."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(600, 6); y = x @ torch.randn(6) + 0.3 * torch.randn(600)
train = TensorDataset(x[:500], y[:500])
val = TensorDataset(x[400:], y[400:])  # bug
val = TensorDataset(x[500:], y[500:])  # fix
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(6):
    net.train()
    for a, b in DataLoader(train, batch_size=32, shuffle=True):
        loss = ((net(a).squeeze(1) - b) ** 2).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    total = 0.0
    with torch.no_grad():
        for a, b in DataLoader(val, batch_size=64):
            total += (b - net(a).squeeze(1)).abs().sum().item()
    print(epoch, total / len(val))
