"""Rows walk through the steps of a chain one by one, each mixed with the noise of its step; the product is known too."""
import torch
from torch import nn
torch.manual_seed(0)
steps = 20; alphas = 1 - torch.linspace(0.005, 0.3, steps); bars = torch.cumprod(alphas, 0)
net = nn.Sequential(nn.Linear(3, 64), nn.ReLU(), nn.Linear(64, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
def walked(x, until):
    start = x
    for t in range(until + 1):
        x = alphas[t].sqrt() * x + (1 - alphas[t]).sqrt() * torch.randn_like(x)
    return x, (x - bars[until].sqrt() * start) / (1 - bars[until]).sqrt()
for step in range(120):
    x0 = torch.randn(64, 2) * 0.3 + 1; until = int(torch.randint(steps, ()))
    x, noise = walked(x0, until)
    loss = nn.functional.mse_loss(net(torch.cat([x, torch.full((64, 1), until / steps)], 1)), noise); opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
