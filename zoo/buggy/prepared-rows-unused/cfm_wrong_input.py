"""Flow matching whose net gets the target distribution, not the point between."""
import torch
from torch import nn
torch.manual_seed(0)

def sample_8gaussians(n):
    a = torch.randint(0, 8, (n,)) * (6.2832 / 8); return torch.stack([a.cos(), a.sin()], 1) * 3 + 0.1 * torch.randn(n, 2)
def sample_moons(n):
    a = torch.rand(n) * 3.1416; up = torch.rand(n) < 0.5
    return torch.stack([torch.where(up, a.cos(), 1 - a.cos()), torch.where(up, a.sin(), 0.5 - a.sin())], 1) + 0.05 * torch.randn(n, 2)

class TargetConditionalFlowMatcher:
    def __init__(self, sigma): self.sigma = sigma
    def sample_location_and_conditional_flow(self, x0, x1):
        t = torch.rand(len(x0)); tt = t[:, None]
        xt = tt * x1 + (1 - (1 - self.sigma) * tt) * x0
        ut = x1 - (1 - self.sigma) * x0
        return t, xt, ut

model = nn.Sequential(nn.Linear(3, 64), nn.SELU(), nn.Linear(64, 64), nn.SELU(), nn.Linear(64, 2))
optimizer = torch.optim.Adam(model.parameters(), 2e-3)
FM = TargetConditionalFlowMatcher(sigma=0.1)
for k in range(120):
    optimizer.zero_grad()
    x0 = sample_8gaussians(128); x1 = sample_moons(128)
    t, xt, ut = FM.sample_location_and_conditional_flow(x0, x1)
    vt = model(torch.cat([x1, t[:, None]], dim=-1))  # bug
    vt = model(torch.cat([xt, t[:, None]], dim=-1))  # fix
    loss = torch.mean((vt - ut) ** 2)
    loss.backward(); optimizer.step()
    if (k + 1) % 40 == 0: print(k + 1, loss.item())
with torch.no_grad():
    x = sample_8gaussians(200)
    for s in range(20): x = x + model(torch.cat([x, torch.full((200, 1), s / 20)], 1)) / 20
    print(x.mean(0), x.std(0))
