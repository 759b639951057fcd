"""The cosine is made after the warm-up has lowered the rate, and takes that for its own."""
import math
import torch
from torch import nn
import torch.nn.functional as F
from torch.optim.lr_scheduler import LambdaLR

class LinearWarmup:
    def __init__(self, optimizer, period):
        self.opt, self.period, self.i = optimizer, period, 0; self.base = [g["lr"] for g in optimizer.param_groups]; self.dampen()
    def dampen(self):
        f = min(1.0, (self.i + 1) / self.period)
        for g, lr in zip(self.opt.param_groups, self.base): g["lr"] = lr * f
    def step(self): self.i += 1; self.dampen()

torch.manual_seed(0)
y = torch.randint(0, 4, (400,)); x = torch.randn(4, 12)[y] + torch.randn(400, 12)
net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 4)); opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
cosine = LambdaLR(opt, lambda t: 0.5 * (1 + math.cos(math.pi * t / 90)))  # fix
warmup = LinearWarmup(opt, 10)
cosine = LambdaLR(opt, lambda t: 0.5 * (1 + math.cos(math.pi * t / 90)))  # bug
step = 0
for epoch in range(10):
    for b in torch.randperm(400).split(40):
        loss = F.cross_entropy(net(x[b]), y[b]); opt.zero_grad(); loss.backward(); opt.step(); step += 1
        if step < 10: warmup.step()
        else: cosine.step()
    print(epoch, opt.param_groups[0]["lr"], loss.item())
