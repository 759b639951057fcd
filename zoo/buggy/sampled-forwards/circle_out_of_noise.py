"""A small diffusion of points on a circle."""
import torch
import torch.nn as nn
torch.manual_seed(0)
T = 40
beta = torch.linspace(1e-3, 0.2, T); alpha = 1 - beta; alpha_bar = alpha.cumprod(0)
angle = torch.rand(1000) * 6.283; points = torch.stack([angle.cos(), angle.sin()], 1)
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
def predicted(x, t):
    return net(torch.cat([x, t[:, None] / T], 1))
for epoch in range(5):
    for rows in torch.randperm(1000).split(50):
        t, noise = torch.randint(0, T, (len(rows),)), torch.randn(len(rows), 2)
        mixed = alpha_bar[t].sqrt()[:, None] * points[rows] + (1 - alpha_bar[t]).sqrt()[:, None] * noise
        loss = (predicted(mixed, t) - noise).square().mean()
        opt.zero_grad(); loss.backward(); opt.step()
@torch.no_grad()
def sample(n):
    net.eval()
    x = torch.randn(n, 2)
    for t in range(T):  # bug
    for t in reversed(range(T)):  # fix
        noise = predicted(x, torch.full((n,), t))
        x = (x - beta[t] / (1 - alpha_bar[t]).sqrt() * noise) / alpha[t].sqrt()
        x = x + (beta[t].sqrt() * torch.randn_like(x) if t else 0)
    return x
print(sample(200).norm(dim=1).mean())
