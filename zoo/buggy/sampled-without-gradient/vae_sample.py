"""The code is drawn with sample(): the encoder hears of the reconstruction nothing."""
import torch
from torch import nn
class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(16, 32), nn.ReLU())
        self.mu, self.lv = nn.Linear(32, 4), nn.Linear(32, 4)
        self.dec = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16))
    def forward(self, x):
        h = self.enc(x)
        mu, lv = self.mu(h), self.lv(h)
        q = torch.distributions.Normal(mu, (0.5 * lv).exp())
        z = q.sample()  # bug
        z = q.rsample()  # fix
        return self.dec(z), mu, lv
torch.manual_seed(0)
basis = torch.randn(3, 16)
X = torch.randn(400, 3) @ basis
vae = VAE()
opt = torch.optim.Adam(vae.parameters(), 3e-3)
for ep in range(8):
    for b in torch.randperm(400).split(40):
        rec, mu, lv = vae(X[b])
        loss = ((rec - X[b]) ** 2).sum(1).mean() - 0.5 * (1 + lv - mu ** 2 - lv.exp()).sum(1).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(ep, loss.item())
