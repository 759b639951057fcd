"""PCA as a net: two linear layers, narrow in the middle."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(20, 3), nn.Linear(3, 20)); opt = torch.optim.Adam(net.parameters(), 1e-2)
x = torch.randn(200, 3) @ torch.randn(3, 20)
for s in range(40):
    opt.zero_grad(); nn.functional.mse_loss(net(x), x).backward(); opt.step()
