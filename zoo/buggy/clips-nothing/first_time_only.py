"""A generator that is there for the first clipping alone."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(4, 2); opt = torch.optim.Adam(net.parameters())
ps = net.parameters()  # bug
ps = list(net.parameters())  # fix
for _ in range(15):
    x = torch.randn(8, 4); opt.zero_grad(); nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward(); nn.utils.clip_grad_norm_(ps, 1.); opt.step()
