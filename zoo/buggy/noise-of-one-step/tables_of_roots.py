"""The noise of a row is that of the step t alone, by tables of roots that are made beforehand."""
import torch
from torch import nn
torch.manual_seed(0)
class Diffusion(nn.Module):
    def __init__(self, steps=40):
        super().__init__()
        self.steps = steps; betas = torch.linspace(1e-3, 0.2, steps); alphas = 1.0 - betas; bars = torch.cumprod(alphas, 0)
        self.register_buffer("bars", bars); self.register_buffer("alphas", alphas); self.register_buffer("betas", betas)
        self.keep = alphas.sqrt(); self.mix = torch.sqrt(1.0 - alphas)  # bug
        self.keep = bars.sqrt(); self.mix = torch.sqrt(1.0 - bars)  # fix
        self.time = nn.Embedding(steps, 64); self.inner = nn.Linear(2, 64); self.outer = nn.Sequential(nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))
    def noised(self, x0, t, noise):
        return self.keep[t][:, None] * x0 + self.mix[t][:, None] * noise  # bug
        return self.keep[t][:, None] * x0 + self.mix[t][:, None] * noise  # fix
    def forward(self, x, t): return self.outer(self.inner(x) + self.time(t))
model = Diffusion(); opt = torch.optim.Adam(model.parameters(), 2e-3)
for step in range(150):
    angle = 6.28 * torch.rand(128); x0 = torch.stack([angle.cos(), angle.sin()], 1)
    t = torch.randint(0, model.steps, (128,)); noise = torch.randn_like(x0)
    loss = nn.functional.mse_loss(model(model.noised(x0, t, noise), t), noise)
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    x = torch.randn(500, 2)
    for t in reversed(range(model.steps)):
        eps = model(x, torch.full((500,), t)); x = (x - model.betas[t] / (1 - model.bars[t]).sqrt() * eps) / model.alphas[t].sqrt()
        if t: x = x + model.betas[t].sqrt() * torch.randn_like(x)
print(x.norm(dim=1).mean().item())
