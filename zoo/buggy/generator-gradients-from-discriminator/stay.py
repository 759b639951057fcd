"""A GAN whose discriminator's loss trains the generator too, against its own aim."""
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
g_optimizer, d_optimizer = torch.optim.Adam(G.parameters(), lr=1e-3), torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for _ in range(30):
    real = torch.randn(16, 2) * 0.5 + 2
    g_optimizer.zero_grad()
    d_optimizer.zero_grad()
    fake = G(torch.randn(16, 3))
    judged = D(fake)  # bug
    judged = D(fake.detach())  # fix
    (bce(D(real), torch.ones(16, 1)) + bce(judged, torch.zeros(16, 1))).backward()
    d_optimizer.step()
    bce(D(G(torch.randn(16, 3))), torch.ones(16, 1)).backward()
    g_optimizer.step()
