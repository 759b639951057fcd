"""A variational autoencoder whose divergence is only appended to a list."""
import torch
from torch import nn

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(20, 32), nn.ReLU())
        self.mu, self.logvar = nn.Linear(32, 4), nn.Linear(32, 4)
        self.decoder = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 20))

    def forward(self, x):
        h = self.encoder(x)
        mu, logvar = self.mu(h), self.logvar(h)
        return self.decoder(mu + torch.randn_like(mu) * (0.5 * logvar).exp()), mu, logvar


def train(model, x, epochs):
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    kls, history = [], []
    for epoch in range(epochs):
        for rows in torch.randperm(len(x)).split(50):
            out, mu, logvar = model(x[rows])
            recon_loss = (out - x[rows]).pow(2).sum(1).mean()
            kl_loss = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
            total = recon_loss  # bug
            total = recon_loss + kl_loss  # fix
            opt.zero_grad()
            total.backward()
            opt.step()
            kls.append(kl_loss.item())
            history.append(total.item())
    return history, kls


history, kls = train(VAE(), torch.randn(500, 4) @ torch.randn(4, 20), 6)
print(history[-1], kls[-1])
