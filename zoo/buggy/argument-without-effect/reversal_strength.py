"""Domains that a classifier is not to tell apart: the reversal grows while it trains."""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class GradientReversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        ctx.lam = lam
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -ctx.lam * grad, None


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(10, 32), nn.ReLU())
        self.label, self.domain = nn.Linear(32, 3), nn.Linear(32, 2)

    def adapt(self, h, lam=1.0):
        return self.domain(GradientReversal.apply(h, lam))

    def forward(self, x, grl_lambda=1.0):
        h = self.features(x)
        return self.label(h), self.adapt(h)  # bug
        return self.label(h), self.adapt(h, grl_lambda)  # fix


w = torch.randn(10, 3)
xs = torch.randn(800, 10)
ys = (xs @ w).argmax(1)
xt = torch.randn(800, 10) + 0.7
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
steps = 120
for step in range(steps):
    lam = 2 / (1 + math.exp(-10 * step / steps)) - 1
    a, b = torch.randint(800, (32,)), torch.randint(800, (32,))
    logits, ds = net(xs[a], grl_lambda=lam)
    _, dt = net(xt[b], grl_lambda=lam)
    domain = F.cross_entropy(ds, torch.zeros(32).long()) + F.cross_entropy(dt, torch.ones(32).long())
    loss = F.cross_entropy(logits, ys[a]) + 0.5 * domain
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
