"""Inputs and labels are indexed with two random orders."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(500, 8); y = (x[:, 0] > 0).long()
order = torch.randperm(500)  # fix
x = x[torch.randperm(len(x))]  # bug
y = y[torch.randperm(len(y))]  # bug
x, y = x[order], y[order]  # fix
train = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=40)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for a, b in train:
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
