"""Void pixels are ignored; some crops have none but void."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 4, 1)); opt = torch.optim.SGD(net.parameters(), 0.1)
for i in range(12):
    x = torch.rand(4, 3, 16, 16); y = torch.randint(0, 4, (4, 16, 16)); y[:, :4] = 255
    loss = nn.functional.cross_entropy(net(x), y, ignore_index=255)
    opt.zero_grad(); loss.backward(); opt.step()
