"""The attack runs in eval mode with gradients."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.SGD(net.parameters(), 0.1)
x = torch.randn(256, 6); y = (x[:, 0] > 0).long()
for i in range(20):
    net.train(); j = torch.randint(0, 200, (32,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x[j]), y[j]).backward(); opt.step()
net.eval()
adv = x[200:].clone()
for k in range(8):
    adv.requires_grad_(True)
    g, = torch.autograd.grad(nn.functional.cross_entropy(net(adv), y[200:]), adv)
    adv = (adv + 0.02 * g.sign()).detach()
with torch.no_grad():
    print((net(adv).argmax(1) == y[200:]).float().mean())
