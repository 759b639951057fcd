"""Averaged weights are kept from step to step, and the raw ones are validated and kept."""
import copy
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(640, 12); y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 2)); ema = copy.deepcopy(net).requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), 5e-3)
def accuracy(model):
    with torch.no_grad(): return (model(x[512:]).argmax(1) == y[512:]).float().mean().item()
for epoch in range(6):
    for i in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad(); loss.backward(); opt.step()
        with torch.no_grad():
            for e, p in zip(ema.parameters(), net.parameters()): e.lerp_(p, 0.05)
    print(epoch, accuracy(net))  # bug
    print(epoch, accuracy(ema))  # fix
