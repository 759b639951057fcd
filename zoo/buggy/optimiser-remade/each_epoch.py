"""A function that trains for one epoch makes its own optimiser."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 6)
loader = DataLoader(TensorDataset(x, (x[:, 0] * x[:, 1] > 0).long()), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
shared = torch.optim.Adam(net.parameters(), lr=1e-3)


def one_epoch():
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)  # bug
    optimizer = shared  # fix
    for inputs, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(inputs), labels).backward()
        optimizer.step()


for epoch in range(6):
    one_epoch()
