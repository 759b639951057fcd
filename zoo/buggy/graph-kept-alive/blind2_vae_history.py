from collections import defaultdict

import torch
import torch.nn.functional as F
from torch import nn
from sklearn.datasets import load_digits

torch.manual_seed(19)


class VAE(nn.Module):
    def __init__(self, d=64, h=64, z=6):
        super().__init__()
        self.enc = nn.Sequential(nn.Flatten(), nn.Linear(d, h), nn.ReLU())
        self.mu, self.logvar = nn.Linear(h, z), nn.Linear(h, z)
        self.dec = nn.Sequential(nn.Linear(z, h), nn.ReLU(), nn.Linear(h, d))

    def forward(self, x):
        h = self.enc(x)
        mu, logvar = self.mu(h), self.logvar(h).clamp(-8, 8)
        noise = torch.randn_like(mu) if self.training else torch.zeros_like(mu)
        return self.dec(mu + noise * (0.5 * logvar).exp()), mu, logvar


class History:
    def __init__(self):
        self.logs = defaultdict(list)

    def add(self, **terms):
        for name, value in terms.items():
            self.logs[name].append(value)  # bug
            self.logs[name].append(float(value))  # fix

    def mean(self, name, last):
        return float(sum(self.logs[name][-last:])) / last


def elbo_terms(model, x):
    recon, mu, logvar = model(x)
    nll = F.binary_cross_entropy_with_logits(recon, x.flatten(1), reduction="none").sum(1).mean()
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
    return nll, kl


images = torch.tensor(load_digits().images / 16.0, dtype=torch.float32)
images = images[torch.randperm(len(images))]
train, test = images[:1500], images[1500:]
model, history = VAE(), History()
opt = torch.optim.Adam(model.parameters(), lr=4e-3)
for epoch in range(14):
    model.train()
    for idx in torch.randperm(len(train)).split(100):
        nll, kl = elbo_terms(model, train[idx])
        loss = nll + kl
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.add(loss=loss, nll=nll, kl=kl)
    if epoch % 2:
        print(f"{epoch} " + " ".join(f"{k}={history.mean(k, 15):.2f}" for k in ("loss", "nll", "kl")))
model.eval()
with torch.no_grad():
    print("test", sum(elbo_terms(model, test)).item())
