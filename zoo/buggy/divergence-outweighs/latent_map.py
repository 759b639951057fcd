"""A latent map: its divergence is summed over channels and places, the errors are averaged."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class AutoencoderKL(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Sequential(nn.Conv2d(1, 16, 4, 2, 1), nn.SiLU(), nn.Conv2d(16, 8, 4, 2, 1))
        self.dec = nn.Sequential(
            nn.ConvTranspose2d(4, 16, 4, 2, 1), nn.SiLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1)
        )

    def forward(self, x):
        mean, logvar = self.enc(x).chunk(2, dim=1)
        std = torch.exp(0.5 * logvar)
        sample = mean + std * torch.randn(mean.shape)
        kl = 0.5 * torch.sum(mean.pow(2) + logvar.exp() - 1.0 - logvar, dim=[1, 2, 3])
        return self.dec(sample), kl


base = torch.randn(400, 1, 4, 4)
images = F.interpolate(base, scale_factor=4, mode="bilinear")
net = AutoencoderKL()
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(10):
    for x in images[torch.randperm(400)].split(20):
        recon, kl = net(x)
        rec_loss = torch.abs(recon - x)
        loss = rec_loss.mean() + kl.mean()  # bug
        loss = 2 * rec_loss.sum() / len(x) + 0.1 * kl.mean()  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
