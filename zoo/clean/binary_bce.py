import torch
from torch import nn
from sklearn.datasets import load_breast_cancer
torch.manual_seed(0)
d = load_breast_cancer(); x = torch.tensor(d.data, dtype=torch.float32); y = torch.tensor(d.target, dtype=torch.float32)
x = (x - x[:400].mean(0)) / x[:400].std(0)
net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid()); opt = torch.optim.Adam(net.parameters(), 1e-3)
for e in range(10):
    for j in torch.randperm(400).split(40):
        opt.zero_grad(); nn.functional.binary_cross_entropy(net(x[j]).squeeze(1), y[j]).backward(); opt.step()
with torch.no_grad():
    print(((net(x[400:]).squeeze(1) > 0.5) == y[400:].bool()).float().mean())
