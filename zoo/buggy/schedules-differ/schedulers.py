"""Two schedulers of noise, one for training and one for drawing samples, with other betas at the end."""
import torch
from torch import nn
class NoiseScheduler:
    def __init__(self, beta_start=1e-4, beta_end=0.1, steps=80): self.steps = steps; self.bar = torch.cumprod(1 - torch.linspace(beta_start, beta_end, steps), 0)
    def mix(self, x, noise, t): return self.bar[t].sqrt()[:, None] * x + (1 - self.bar[t]).sqrt()[:, None] * noise
def ask(net, x, t): return net(torch.cat([x, t[:, None] / 80], 1))
def fit(net, data):
    scheduler, opt = NoiseScheduler(beta_end=0.12), torch.optim.Adam(net.parameters(), 2e-3)
    for epoch in range(8):
        for b in torch.randperm(len(data)).split(60):
            t, noise = torch.randint(0, 80, (len(b),)), torch.randn(len(b), 2)
            loss = (ask(net, scheduler.mix(data[b], noise, t), t) - noise).square().mean(); opt.zero_grad(); loss.backward(); opt.step()
@torch.no_grad()
def draw_samples(net, count):
    scheduler = NoiseScheduler(beta_end=0.02)  # bug
    scheduler = NoiseScheduler(beta_end=0.12)  # fix
    x = torch.randn(count, 2)
    for i in reversed(range(80)):
        noise = ask(net, x, torch.full((count,), i)); bar = scheduler.bar[i]; before = scheduler.bar[i - 1] if i else torch.ones(())
        x = before.sqrt() * (x - (1 - bar).sqrt() * noise) / bar.sqrt() + (1 - before).sqrt() * noise
    return x
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 2)); fit(net, torch.randn(600, 2) * torch.tensor([1.0, 0.3])); print(draw_samples(net, 100).std(0))
