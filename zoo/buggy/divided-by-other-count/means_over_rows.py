"""The mean losses of batches are summed, and divided by a count of rows that the loop keeps."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(480, 10); y = x[:, :1] * x[:, 1:2] + 0.1 * torch.randn(480, 1)
train, valid = DataLoader(TensorDataset(x[:360], y[:360]), 30, shuffle=True), DataLoader(TensorDataset(x[360:], y[360:]), 40)
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 3e-3)
criterion = nn.SmoothL1Loss()
for epoch in range(4):
    net.train()
    for a, b in train:
        opt.zero_grad(); criterion(net(a), b).backward(); opt.step()
    net.eval(); losses, rows = [], 0
    with torch.no_grad():
        for a, b in valid:
            loss = criterion(net(a), b)
            losses.append(float(loss)); rows += b.shape[0]
    print(epoch, sum(losses) / rows)  # bug
    print(epoch, sum(losses) / len(losses))  # fix
