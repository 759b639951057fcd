import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(800, 6); Y = X[:, :1] + X[:, 3:4]
X[:, 3] = X[:, 3].mean()  # bug
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(20):
    j = torch.randint(0, 800, (64,)); opt.zero_grad(); nn.functional.mse_loss(net(X[j]), Y[j]).backward(); opt.step()
