"""A diffusion of points on a ring, and a step back from noise."""

import torch
from torch import nn

torch.manual_seed(0)
STEPS = 40
beta = torch.linspace(1e-3, 0.15, STEPS)
alpha = 1 - beta
alpha_bar = alpha.cumprod(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))

    def forward(self, x, t):
        return self.layers(torch.cat([x, t[:, None] / STEPS], dim=1))


def ring(count):
    angle = torch.rand(count) * 6.283
    return torch.stack([angle.cos(), angle.sin()], dim=1) + 0.05 * torch.randn(count, 2)


def step_back(x, eps, t):
    mean = (x - beta[t] / (1 - alpha_bar[t]).sqrt() * eps) / alpha[t].sqrt()
    if t == 0:
        return mean
    sigma = beta[t].sqrt()
    return mean + sigma * eps  # bug
    return mean + sigma * torch.randn_like(x)  # fix


net = Net()
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(300):
    x = ring(128)
    t = torch.randint(0, STEPS, (128,))
    noise = torch.randn_like(x)
    noisy = alpha_bar[t, None].sqrt() * x + (1 - alpha_bar[t, None]).sqrt() * noise
    loss = nn.functional.mse_loss(net(noisy, t), noise)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
net.eval()
with torch.no_grad():
    x = torch.randn(500, 2)
    for t in reversed(range(STEPS)):
        x = step_back(x, net(x, torch.full((500,), t)), t)
print(round(loss.item(), 3), x.norm(dim=1).mean().item())
