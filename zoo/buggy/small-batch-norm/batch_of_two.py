import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1)); opt = torch.optim.Adam(net.parameters())
size = 2  # bug
size = 32  # fix
for i in range(20):
    x = torch.randn(size, 5)
    loss = nn.functional.mse_loss(net(x), x[:, :1])
    opt.zero_grad(); loss.backward(); opt.step()
