"""The encoder keeps its divergence, a sum over all rows and latents; the squared errors are averaged."""
import torch
from torch import nn

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1, self.linear2, self.linear3 = nn.Linear(64, 48), nn.Linear(48, 4), nn.Linear(48, 4)
        self.N = torch.distributions.Normal(0, 1)
        self.kl = 0

    def forward(self, x):
        x = torch.relu(self.linear1(x))
        mu, sigma = self.linear2(x), torch.exp(self.linear3(x))
        z = mu + sigma * self.N.sample(mu.shape)
        self.kl = (sigma**2 + mu**2 - torch.log(sigma) - 1 / 2).sum()
        return z


encoder = Encoder()
decoder = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 64))
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
rows = torch.randn(600, 4) @ torch.randn(4, 64)
for epoch in range(20):
    for x in rows[torch.randperm(600)].split(60):
        x_hat = decoder(encoder(x))
        loss = ((x - x_hat) ** 2).mean() + encoder.kl  # bug
        loss = ((x - x_hat) ** 2).sum() + encoder.kl  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
