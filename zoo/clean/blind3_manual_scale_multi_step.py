"""Correct: manual scale multi step."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(84)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
X = torch.randn(300, 6)
Y = X[:, :1]
it = iter(DataLoader(TensorDataset(X, Y), batch_size=10, shuffle=True))
step = 0
for epoch in range(6):
    for k, (x, y) in enumerate(DataLoader(TensorDataset(X, Y), batch_size=10, shuffle=True)):
        (F.mse_loss(net(x), y) / 3).backward()
        if (k + 1) % 3 == 0:
            nn.utils.clip_grad_value_(net.parameters(), 1.0)
            opt.step()
            net.zero_grad()
            step += 1
