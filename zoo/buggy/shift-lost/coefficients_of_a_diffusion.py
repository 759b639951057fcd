"""Points are drawn by a small diffusion model; what is left of them a step before is looked up in a list of its own."""
import torch
from torch import nn
torch.manual_seed(0)
T = 30; beta = torch.linspace(1e-3, 0.25, T); kept = torch.cumprod(1 - beta, 0)
kept_prev = torch.cat([kept[:-1], torch.ones(1)])  # bug
kept_prev = torch.cat([torch.ones(1), kept[:-1]])  # fix
angle = 6.283 * torch.rand(2000); data = 1.5 * torch.stack([angle.cos(), angle.sin()], 1)
net = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
def noise_in(x, t): return net(torch.cat([x, t.view(-1, 1) / T], 1))
for step in range(200):
    x = data[torch.randint(2000, (128,))]; t = torch.randint(T, (128,)); e = torch.randn_like(x); a = kept[t].unsqueeze(1)
    loss = (noise_in(a.sqrt() * x + (1 - a).sqrt() * e, t) - e).square().mean(); opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad():
    x = torch.randn(200, 2)
    for t in reversed(range(T)):
        start = (x - (1 - kept[t]).sqrt() * noise_in(x, torch.full((200,), t))) / kept[t].sqrt()
        x = (kept_prev[t].sqrt() * beta[t] * start.clamp(-2, 2) + (1 - beta[t]).sqrt() * (1 - kept_prev[t]) * x) / (1 - kept[t])
print(x.norm(dim=1).mean().item())
