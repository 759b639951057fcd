"""Four blocks that are one."""
import torch
from torch import nn

torch.manual_seed(0)
block = nn.Sequential(nn.Linear(16, 16), nn.GELU())
blocks = nn.Sequential(*[block] * 4)  # bug
blocks = nn.Sequential(*[nn.Sequential(nn.Linear(16, 16), nn.GELU()) for _ in range(4)])  # fix
net = nn.Sequential(nn.Linear(4, 16), nn.GELU(), blocks, nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(12):
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), (x[:, 0] > x[:, 1]).long()).backward()
    optimizer.step()
