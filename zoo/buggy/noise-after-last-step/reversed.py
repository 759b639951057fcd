"""A sampler as a function of a table of betas; the noise has no condition."""
import torch
from torch import nn
torch.manual_seed(4)
steps = 60; betas = torch.linspace(1e-3, 0.15, steps); kept = (1 - betas).cumprod(0)
points = torch.randn(600, 2) * torch.tensor([1.0, 0.2])
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
def ask(x, i): return net(torch.cat([x, torch.full((len(x), 1), i / steps)], 1))
@torch.no_grad()
def draw(count):
    sample = torch.randn(count, 2)
    for i in reversed(range(steps)):
        mean = (sample - betas[i] / (1 - kept[i]) ** 0.5 * ask(sample, i)) / (1 - betas[i]) ** 0.5
        fresh = torch.randn(count, 2)
        if i == 0: fresh = torch.zeros(count, 2)  # fix
        sample = mean + fresh * betas[i] ** 0.5
    return sample
for epoch in range(7):
    for b in torch.randperm(600).split(60):
        i = torch.randint(0, steps, (60,)); noise = torch.randn(60, 2); share = kept[i, None]
        out = net(torch.cat([share.sqrt() * points[b] + (1 - share).sqrt() * noise, i[:, None] / steps], 1))
        loss = (out - noise).square().mean(); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), draw(50).std(0))
