"""Class weights that are the classes' shares."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(51)
Y = torch.multinomial(torch.tensor([0.85, 0.1, 0.05]), 900, replacement=True)
X = torch.randn(900, 8); X[:, :3] += F.one_hot(Y, 3)
counts = torch.bincount(Y, minlength=3).float()
weight = counts / counts.sum()  # bug
weight = counts.sum() / (3 * counts)  # fix
criterion = nn.CrossEntropyLoss(weight=weight)
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for x, y in DataLoader(TensorDataset(X, Y), batch_size=30, shuffle=True):
        loss = criterion(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
