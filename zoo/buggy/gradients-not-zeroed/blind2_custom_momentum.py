import math

import torch
from torch import nn
from torch.optim import Optimizer


class Lion(Optimizer):
    """Sign of an interpolated momentum, with decoupled weight decay."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    def zero_grad(self, set_to_none=False):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.grad.detach_()  # bug
                p.grad.detach_().zero_()  # fix

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_((b1 * m + (1 - b1) * p.grad).sign(), alpha=-group["lr"])
                m.mul_(b2).add_(p.grad, alpha=1 - b2)


class Sine(nn.Module):
    def forward(self, x):
        return torch.sin(3.0 * x)


def target(x):
    return torch.sin(2 * math.pi * x[:, :1]) * torch.cos(math.pi * x[:, 1:])


torch.manual_seed(11)
x = torch.rand(800, 2) * 2 - 1
y = target(x) + 0.05 * torch.randn(800, 1)
x_new = torch.rand(400, 2) * 2 - 1
model = nn.Sequential(nn.Linear(2, 32), Sine(), nn.Linear(32, 32), Sine(), nn.Linear(32, 1))
opt = Lion(model.parameters(), lr=1e-3)

for epoch in range(25):
    order = torch.randperm(len(x))
    total = 0.0
    for idx in order.split(80):
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        loss.backward()
        opt.step()
        total += loss.item()
    if epoch % 5 == 4:
        print(epoch + 1, total / 10)

with torch.no_grad():
    print("rmse on new points", (model(x_new) - target(x_new)).pow(2).mean().sqrt().item())
