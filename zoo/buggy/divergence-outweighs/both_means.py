"""Both are means: one over 256 values, the other over 4 latents."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(256, 64), nn.Linear(64, 4), nn.Linear(64, 4)
        self.fc3, self.fc4 = nn.Linear(4, 64), nn.Linear(64, 256)

    def forward(self, x):
        h1 = F.relu(self.fc1(x))
        mu, logvar = self.fc21(h1), self.fc22(h1)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x)  # bug
    BCE = F.binary_cross_entropy(recon_x, x, reduction="sum")  # fix
    KLD = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())  # bug
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())  # fix
    return BCE + KLD


data = torch.sigmoid(torch.randn(900, 4) @ torch.randn(4, 256) * 1.5)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    for x in data[torch.randperm(900)].split(45):
        recon, mu, logvar = model(x)
        loss = loss_function(recon, x, mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
