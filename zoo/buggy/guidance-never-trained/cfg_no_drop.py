"""A diffusion with a class that is guided in its sampler, and always given in training."""
import torch
from torch import nn
torch.manual_seed(0)
T, K = 60, 4
bar = torch.cumprod(1 - torch.linspace(1e-3, 0.15, T), 0)

class CondDenoiser(nn.Module):
    def __init__(self):
        super().__init__(); self.label = nn.Embedding(K + 1, 16); self.f = nn.Sequential(nn.Linear(2 + 1 + 16, 64), nn.SiLU(), nn.Linear(64, 2))
    def forward(self, x, t, c): return self.f(torch.cat([x, t[:, None] / T, self.label(c)], 1))

net = CondDenoiser(); opt = torch.optim.Adam(net.parameters(), 2e-3)
c_all = torch.randint(0, K, (800,)); centers = torch.tensor([[1., 1.], [-1., 1.], [1., -1.], [-1., -1.]]); data = centers[c_all] + 0.1 * torch.randn(800, 2)

def train_step(x0, c):
    t = torch.randint(0, T, (len(x0),)); e = torch.randn_like(x0); b = bar[t][:, None]
    drop = torch.rand(len(c)) < 0.1  # fix
    c = torch.where(drop, torch.full_like(c, K), c)  # fix
    loss = (net(b.sqrt() * x0 + (1 - b).sqrt() * e, t, c) - e).pow(2).mean()
    opt.zero_grad(); loss.backward(); opt.step(); return loss.item()

@torch.no_grad()
def sample(c, scale=3.0):
    x = torch.randn(len(c), 2); null = torch.full_like(c, K)
    for i in reversed(range(T)):
        t = torch.full((len(c),), i); cond, uncond = net(x, t, c), net(x, t, null)
        e = uncond + scale * (cond - uncond)
        b = bar[i]; p = bar[i - 1] if i else torch.tensor(1.0)
        x = p.sqrt() * (x - (1 - b).sqrt() * e) / b.sqrt() + (1 - p).sqrt() * e
    return x
for epoch in range(8):
    for b in torch.randperm(800).split(80): loss = train_step(data[b], c_all[b])
    print(epoch, loss, (sample(c_all[:64]) - centers[c_all[:64]]).norm(dim=1).mean().item())
