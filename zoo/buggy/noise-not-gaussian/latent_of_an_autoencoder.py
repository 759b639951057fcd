"""A variational autoencoder that draws its latents by rand_like."""
import torch
from torch import nn

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.decoder = nn.Linear(20, 32), nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 20))
        self.mu, self.logvar = nn.Linear(32, 4), nn.Linear(32, 4)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.rand_like(std)  # bug
        eps = torch.randn_like(std)  # fix
        return mu + eps * std

    def forward(self, x):
        h = self.body(x).relu()
        mu, logvar = self.mu(h), self.logvar(h)
        return self.decoder(self.reparameterize(mu, logvar)), mu, logvar


model = VAE()
opt = torch.optim.Adam(model.parameters(), 1e-3)
x = torch.randn(500, 4) @ torch.randn(4, 20)
for epoch in range(6):
    for rows in torch.randperm(500).split(50):
        out, mu, logvar = model(x[rows])
        kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
        loss = (out - x[rows]).pow(2).sum(1).mean() + kl
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
