"""A diffusion of small vectors whose sampler adds noise in its last step too."""
import torch, torch.nn as nn
from dataclasses import dataclass

@dataclass
class Config:
    steps: int = 80; lr: float = 2e-3; epochs: int = 8; batch: int = 64

class Diffusion:
    def __init__(self, cfg):
        self.cfg = cfg; self.beta = torch.linspace(1e-3, 0.12, cfg.steps); self.alpha = 1 - self.beta; self.bar = self.alpha.cumprod(0)
    def add_noise(self, x, t, e): return self.bar[t].sqrt()[:, None] * x + (1 - self.bar[t]).sqrt()[:, None] * e
    @torch.no_grad()
    def generate(self, net, n):
        x = torch.randn(n, 8)
        for t in range(self.cfg.steps - 1, -1, -1):
            e = net(torch.cat([x, torch.full((n, 1), t / self.cfg.steps)], 1))
            z = torch.randn_like(x)
            x = (x - self.beta[t] / (1 - self.bar[t]).sqrt() * e) / self.alpha[t].sqrt() + self.beta[t].sqrt() * z  # bug
            x = (x - self.beta[t] / (1 - self.bar[t]).sqrt() * e) / self.alpha[t].sqrt() + (self.beta[t].sqrt() * z if t > 0 else 0)  # fix
        return x

cfg = Config(); torch.manual_seed(0)
data = torch.randn(640, 2) @ torch.randn(2, 8)
net = nn.Sequential(nn.Linear(9, 96), nn.SiLU(), nn.Linear(96, 8)); opt = torch.optim.AdamW(net.parameters(), cfg.lr); diff = Diffusion(cfg)
for epoch in range(cfg.epochs):
    for b in torch.randperm(640).split(cfg.batch):
        t = torch.randint(0, cfg.steps, (len(b),)); e = torch.randn(len(b), 8)
        loss = nn.functional.mse_loss(net(torch.cat([diff.add_noise(data[b], t, e), t[:, None] / cfg.steps], 1)), e)
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), diff.generate(net, 50).std().item())
