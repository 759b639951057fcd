"""A GAN with cross-entropies: the generator's step has the labels of fakes, as the discriminator's has."""
import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
bce = nn.BCEWithLogitsLoss()
data = torch.randn(1000, 2) * 0.3 + 1
valid, fake = torch.ones(64, 1), torch.zeros(64, 1)
for it in range(80):
    real = data[torch.randint(0, 1000, (64,))]
    made = G(torch.randn(64, 8))
    opt_d.zero_grad()
    d_loss = (bce(D(real), valid) + bce(D(made.detach()), fake)) / 2
    d_loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    g_loss = bce(D(made), fake)  # bug
    g_loss = bce(D(made), valid)  # fix
    g_loss.backward()
    opt_g.step()
print(d_loss.item(), g_loss.item())
