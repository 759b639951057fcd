"""The loss is made anew from its value."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(128, 8), torch.randn(128, 1)
for i in range(10):
    out = net(x)
    value = nn.functional.l1_loss(out, y)
    loss = torch.tensor(value.item(), requires_grad=True)  # bug
    loss = value  # fix
    opt.zero_grad()
    loss.backward()
    opt.step()
