"""Targets (N, 1), metric by hand, R2."""
import torch
from torch import nn
from sklearn.datasets import load_diabetes
torch.manual_seed(0)
d = load_diabetes(); x = torch.tensor(d.data, dtype=torch.float32); x = (x - x.mean(0)) / x.std(0)
y = torch.tensor(d.target, dtype=torch.float32).view(-1, 1); y = (y - y.mean()) / y.std()
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for e in range(60):
    net.train(); opt.zero_grad(); nn.functional.mse_loss(net(x[:350]), y[:350]).backward(); opt.step()
net.eval()
with torch.no_grad():
    p = net(x[350:]); print(1 - ((p - y[350:]) ** 2).sum() / ((y[350:] - y[350:].mean()) ** 2).sum())
