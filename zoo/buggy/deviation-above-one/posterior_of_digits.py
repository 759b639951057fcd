"""A variational autoencoder whose encoder ends in a ReLU."""
import torch
from torch import nn
from torch.distributions import Normal, kl_divergence

torch.manual_seed(14)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 24), nn.ReLU())
        self.mean = nn.Linear(24, 3)
        self.logvar = nn.Sequential(nn.Linear(24, 3), nn.ReLU())  # bug
        self.logvar = nn.Sequential(nn.Linear(24, 3))  # fix

    def forward(self, x):
        h = self.body(x)
        return Normal(self.mean(h), torch.exp(0.5 * self.logvar(h)))


x = torch.randn(500, 3) @ torch.randn(3, 12)
encoder, decoder = Encoder(), nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 12))
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
for step in range(80):
    rows = x[torch.randint(0, 500, (50,))]
    q = encoder(rows)
    loss = (decoder(q.rsample()) - rows).square().sum(1).mean()
    loss = loss + 0.1 * kl_divergence(q, Normal(0.0, 1.0)).sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
