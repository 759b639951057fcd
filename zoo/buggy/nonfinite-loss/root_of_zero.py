"""The gradient of a norm at 0."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(4, 4)
nn.init.zeros_(net.weight); nn.init.zeros_(net.bias)
opt = torch.optim.Adam(net.parameters())
x = torch.randn(16, 4)
for i in range(5):
    d = torch.sqrt(((net(x)) ** 2).sum(1))  # bug
    d = torch.sqrt(((net(x)) ** 2).sum(1) + 1e-8)  # fix
    loss = (d - 1).abs().mean()
    opt.zero_grad(); loss.backward(); opt.step()
