"""Correct: positive output softplus."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(69)
X = torch.rand(500, 5)
Y = torch.poisson(torch.exp(X.sum(1, keepdim=True) - 2))
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1), nn.Softplus())
opt = torch.optim.Adam(net.parameters(), lr=0.002)
crit = nn.PoissonNLLLoss(log_input=False)
for epoch in range(4):
    for x, y in DataLoader(TensorDataset(X, Y), batch_size=25, shuffle=True):
        loss = crit(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
