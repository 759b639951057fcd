"""Channels stand last; the convolution refuses them."""
import torch
from torch import nn
x = torch.rand(8, 32, 32, 3)
x = x.permute(0, 3, 1, 2)  # fix
y = torch.randint(0, 2, (8,))
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
opt = torch.optim.Adam(net.parameters())
for i in range(2):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
