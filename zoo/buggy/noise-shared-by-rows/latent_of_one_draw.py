"""A VAE whose noise has the size of the latent, and not of the batch."""
import torch
from torch import nn
torch.manual_seed(0)
class VAE(nn.Module):
    def __init__(self, latent=4):
        super().__init__(); self.latent = latent; self.up, self.both, self.down = nn.Linear(20, 32), nn.Linear(32, 2 * latent), nn.Sequential(nn.Linear(latent, 32), nn.ReLU(), nn.Linear(32, 20))
    def forward(self, x):
        mu, logvar = self.both(self.up(x).relu()).chunk(2, 1)
        eps = torch.randn(self.latent)  # bug
        eps = torch.randn(len(x), self.latent)  # fix
        return self.down(mu + eps * torch.exp(0.5 * logvar)), mu, logvar
net = VAE(); opt = torch.optim.Adam(net.parameters(), 2e-3); data = torch.randn(640, 3) @ torch.randn(3, 20)
for step in range(60):
    x = data[torch.randint(640, (40,))]; out, mu, logvar = net(x)
    loss = ((out - x) ** 2).sum(1).mean() - 0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum(1).mean()
    opt.zero_grad(); loss.backward(); opt.step()
