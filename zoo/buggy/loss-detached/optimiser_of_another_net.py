"""The net was made again after the optimiser."""
import torch
from torch import nn
torch.manual_seed(0)

def make():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))

net = make()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
net = make()  # bug
x, y = torch.randn(128, 8), torch.randint(0, 3, (128,))
for i in range(12):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
