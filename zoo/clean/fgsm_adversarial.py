"""Adversarial training: a backward for the input's gradient, zeroed, then the real one."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.SGD(net.parameters(), 0.1)
for i in range(30):
    x = torch.randn(32, 6); y = (x[:, 0] > 0).long()
    xa = x.clone().requires_grad_(True)
    nn.functional.cross_entropy(net(xa), y).backward()
    xa = (xa + 0.05 * xa.grad.sign()).detach()
    opt.zero_grad()
    nn.functional.cross_entropy(net(xa), y).backward()
    opt.step()
