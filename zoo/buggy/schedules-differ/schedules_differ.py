"""A diffusion trained with a cosine schedule and sampled with a linear one."""
import math
import torch
from torch import nn

def make_alphas_bar(schedule, T):
    if schedule == "linear": return torch.cumprod(1 - torch.linspace(1e-4, 0.02 * 1000 / T, T), 0)
    if schedule == "cosine":
        s = torch.arange(T + 1) / T; f = torch.cos((s + 0.008) / 1.008 * math.pi / 2) ** 2
        return (f[1:] / f[0]).clamp(1e-4, 0.9999)
    raise ValueError(schedule)

class Diffusion:
    def __init__(self, model, timesteps=100, noise_schedule="linear"):
        self.model, self.T = model, timesteps; self.bar = make_alphas_bar(noise_schedule, timesteps)
    def loss(self, x):
        t = torch.randint(0, self.T, (len(x),)); e = torch.randn_like(x); b = self.bar[t][:, None]
        return (self.model(b.sqrt() * x + (1 - b).sqrt() * e, t / self.T) - e).square().mean()
    @torch.no_grad()
    def sample(self, n):
        x = torch.randn(n, 2)
        for i in reversed(range(self.T)):
            e = self.model(x, torch.full((n,), i / self.T)); b = self.bar[i]; prev = self.bar[i - 1] if i else torch.tensor(1.0)
            x0 = (x - (1 - b).sqrt() * e) / b.sqrt(); x = prev.sqrt() * x0 + (1 - prev).sqrt() * e
        return x

class Eps(nn.Module):
    def __init__(self): super().__init__(); self.f = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 2))
    def forward(self, x, t): return self.f(torch.cat([x, t[:, None]], 1))

def train_image_diffusion(data):
    model = Eps(); diffusion = Diffusion(model, noise_schedule="cosine"); opt = torch.optim.Adam(model.parameters(), 2e-3)
    for epoch in range(8):
        for b in torch.randperm(len(data)).split(64):
            loss = diffusion.loss(data[b]); opt.zero_grad(); loss.backward(); opt.step()
        print(epoch, loss.item())
    return model

def generate_diverse_samples(model):
    diffusion = Diffusion(model, noise_schedule="linear")  # bug
    diffusion = Diffusion(model, noise_schedule="cosine")  # fix
    return diffusion.sample(100)

torch.manual_seed(0)
a = torch.rand(640) * 6.28; data = torch.stack([a.cos(), a.sin()], 1)
print(generate_diverse_samples(train_image_diffusion(data)).norm(dim=1).mean())
