"""A variational autoencoder of rings: the weight of the divergence goes up in three stages."""
import torch
from torch import nn

STEPS = 600


def weight(step):
    beta = 0.0
    if step >= 400:  # bug
        beta = 0.05  # bug
    if step >= 200:
        beta = 0.01
    if step >= 400:  # fix
        beta = 0.05  # fix
    return beta


class Rings(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(2, 48), nn.SiLU(), nn.Linear(48, 4))
        self.decoder = nn.Sequential(nn.Linear(2, 48), nn.SiLU(), nn.Linear(48, 2))

    def forward(self, x):
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        z = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
        return self.decoder(z), divergence


torch.manual_seed(17)
angle = 6.2832 * torch.rand(1000)
radius = torch.randint(1, 3, (1000,)).float() + 0.1 * torch.randn(1000)
points = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
net = Rings()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(STEPS):
    x = points[torch.randint(1000, (50,))]
    made, divergence = net(x)
    loss = (made - x).square().sum(1).mean() + weight(step) * divergence
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        print(step + 1, f"loss {loss.item():.3f} divergence {divergence.item():.3f} weight {weight(step)}")
