import math

import torch
from torch import nn

torch.manual_seed(2)
torch.set_default_dtype(torch.float64)


class Field(nn.Module):
    """u(x) for u'' = -pi^2 sin(pi x), u(-1) = u(1) = 0; the boundary is built in."""

    def __init__(self, width=20):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, x):
        return (1 - x**2) * self.body(x)


def residual(field, x):
    u = field(x)
    (du,) = torch.autograd.grad(u.sum(), x, create_graph=True)
    (d2u,) = torch.autograd.grad(du.sum(), x, create_graph=True)
    return d2u + math.pi**2 * torch.sin(math.pi * x)


field = Field()
points = torch.linspace(-1, 1, 64).unsqueeze(1).requires_grad_(True)
opt = torch.optim.LBFGS(field.parameters(), lr=1.0, max_iter=10, history_size=20, line_search_fn="strong_wolfe")
calls = 0


def closure():
    global calls
    calls += 1
    opt.zero_grad()
    loss = residual(field, points).pow(2).mean()
    loss.backward()
    return loss


for outer in range(30):
    loss = opt.step(closure)
    points.grad = None
    if outer % 10 == 9:
        print(outer + 1, calls, loss.item())

with torch.no_grad():
    x = torch.linspace(-1, 1, 201).unsqueeze(1)
    print("largest error", (field(x) - torch.sin(math.pi * x)).abs().max().item())
