# level: notice
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 10))
for p in net.parameters():  # bug
    nn.init.normal_(p, std=3.0)  # bug
opt = torch.optim.Adam(net.parameters())
x = torch.randn(64, 20); y = torch.randint(0, 10, (64,))
for i in range(5):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
