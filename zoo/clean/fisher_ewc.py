"""Fisher information: gradients are read row by row and zeroed, without a step."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2)); opt = torch.optim.SGD(net.parameters(), 0.1)
def fit(x, y, penalty=None):
    for i in range(20):
        loss = nn.functional.cross_entropy(net(x), y)
        if penalty is not None:
            loss = loss + sum((f * (p - o) ** 2).sum() for p, (f, o) in zip(net.parameters(), penalty))
        opt.zero_grad(); loss.backward(); opt.step()
def fisher(x, y):
    out = [torch.zeros_like(p) for p in net.parameters()]
    for i in range(10):
        net.zero_grad()
        nn.functional.cross_entropy(net(x[i:i+1]), y[i:i+1]).backward()
        for f, p in zip(out, net.parameters()):
            f += p.grad ** 2 / 10
    net.zero_grad()
    return [(f, p.detach().clone()) for f, p in zip(out, net.parameters())]
pen = None
for task in range(3):
    x = torch.randn(60, 6); y = (x[:, task] > 0).long()
    fit(x, y, pen); pen = fisher(x, y)
