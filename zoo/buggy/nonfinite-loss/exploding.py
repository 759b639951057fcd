"""A learning rate that makes the weights infinite."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 50), nn.ReLU(), nn.Linear(50, 1))
opt = torch.optim.SGD(net.parameters(), lr=50.0)  # bug
opt = torch.optim.SGD(net.parameters(), lr=0.005)  # fix
x = torch.randn(64, 10); y = x.sum(1, keepdim=True)
for i in range(40):
    loss = nn.functional.mse_loss(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
