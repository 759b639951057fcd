"""Inputs and soft labels are mixed with partners that are drawn twice."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(480, 20); y = x[:, :4].argmax(1)
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for a, b in DataLoader(TensorDataset(x, y), 32, shuffle=True):
        lam = float(torch.rand(()) * 0.4 + 0.3); order = torch.randperm(len(a)); soft = nn.functional.one_hot(b, 4).float()
        a = lam * a + (1 - lam) * a[order]
        order = torch.randperm(len(a))  # bug
        soft = lam * soft + (1 - lam) * soft[order]
        loss = nn.functional.cross_entropy(net(a), soft)
        opt.zero_grad(); loss.backward(); opt.step()
