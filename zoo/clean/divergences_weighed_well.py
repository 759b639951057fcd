"""Four right weights of a divergence: a mean with a factor for the values, a slow rise, a floor, and a beta of four on sums."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class VAE(nn.Module):
    def __init__(self):
        super().__init__(); self.up, self.both, self.down = nn.Linear(64, 48), nn.Linear(48, 8), nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 64))
    def forward(self, x):
        mu, logvar = self.both(self.up(x).relu()).chunk(2, 1)
        return self.down(mu + torch.randn_like(mu) * (0.5 * logvar).exp()), mu, logvar
rows = torch.randn(800, 4) @ torch.randn(4, 64)
for kind in range(4):
    net = VAE(); opt = torch.optim.Adam(net.parameters(), 2e-3)
    for step in range(80):
        x = rows[torch.randint(0, 800, (50,))]; out, mu, logvar = net(x); kl = -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum(1)
        if kind == 0: loss = F.mse_loss(out, x) + kl.mean() / 64
        elif kind == 1: loss = F.mse_loss(out, x) + min(1.0, step / 2000) * kl.mean()
        elif kind == 2: loss = F.mse_loss(out, x, reduction="sum") / len(x) + kl.clamp(min=0.5).mean()
        else: loss = F.mse_loss(out, x, reduction="none").sum(1).mean() + 4 * kl.mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(kind, loss.item())
