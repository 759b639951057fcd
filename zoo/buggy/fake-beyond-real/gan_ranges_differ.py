"""Images of 0 to 1 beside a generator that ends in a tanh."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(27)
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.Tanh())
    def forward(self, z):
        return self.net(z).view(-1, 1, 8, 8)
class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    def forward(self, x):
        return self.net(x)
raw = (torch.rand(800, 1, 8, 8) * 255).byte()
images = raw.float() / 255  # bug
images = raw.float() / 127.5 - 1  # fix
G, D = Generator(), Discriminator()
og, od = torch.optim.Adam(G.parameters(), 2e-4, (0.5, 0.999)), torch.optim.Adam(D.parameters(), 2e-4, (0.5, 0.999))
for epoch in range(3):
    for (real,) in DataLoader(TensorDataset(images), batch_size=25, shuffle=True):
        n = len(real)
        z = torch.randn(n, 16)
        fake = G(z)
        loss_d = F.binary_cross_entropy_with_logits(D(real), torch.ones(n, 1)) + F.binary_cross_entropy_with_logits(D(fake.detach()), torch.zeros(n, 1))
        od.zero_grad(); loss_d.backward(); od.step()
        loss_g = F.binary_cross_entropy_with_logits(D(fake), torch.ones(n, 1))
        og.zero_grad(); loss_g.backward(); og.step()
