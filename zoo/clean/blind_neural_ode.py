"""A neural ODE with Runge-Kutta steps by hand: the same net is called forty times in one forward pass."""
import torch
from torch import nn

torch.manual_seed(0)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 2))

    def forward(self, state):
        return self.net(state)


def integrate(field, start, steps, dt):
    path = [start]
    for _ in range(steps):
        s = path[-1]
        k1 = field(s)
        k2 = field(s + 0.5 * dt * k1)
        k3 = field(s + 0.5 * dt * k2)
        k4 = field(s + dt * k3)
        path.append(s + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return torch.stack(path)                # time x batch x 2


def spiral(s):
    return torch.stack([-0.2 * s[:, 0] + 1.5 * s[:, 1], -1.5 * s[:, 0] - 0.2 * s[:, 1]], 1)


field = Field()
opt = torch.optim.Adam(field.parameters(), lr=1e-2)
for it in range(40):
    start = torch.randn(16, 2)
    with torch.no_grad():
        truth = integrate(spiral, start, 10, 0.1)
    loss = nn.functional.mse_loss(integrate(field, start, 10, 0.1), truth)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 10 == 0:
        print(it, loss.item())
