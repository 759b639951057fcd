# level: notice
import torch
from torch import nn
torch.manual_seed(0)
w = 32  # bug
w = 64  # fix
net = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.Conv2d(32, w, 3, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(w, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(3):
    x, y = torch.rand(8, 3, 16, 16), torch.randint(0, 2, (8,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
