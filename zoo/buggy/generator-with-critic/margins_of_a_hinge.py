"""A hinge loss whose margins are exchanged: the discriminator lowers real ones and raises made ones."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g, opt_d = torch.optim.Adam(G.parameters(), 1e-3), torch.optim.Adam(D.parameters(), 1e-3)
data = torch.randn(1000, 2) * 0.3 + 1
for it in range(80):
    real, z = data[torch.randint(0, 1000, (64,))], torch.randn(64, 8)
    d_loss = F.relu(1.0 + D(real)).mean() + F.relu(1.0 - D(G(z).detach())).mean()  # bug
    d_loss = F.relu(1.0 - D(real)).mean() + F.relu(1.0 + D(G(z).detach())).mean()  # fix
    opt_d.zero_grad()
    d_loss.backward()
    opt_d.step()
    g_loss = -D(G(z)).mean()
    opt_g.zero_grad()
    g_loss.backward()
    opt_g.step()
print(d_loss.item(), g_loss.item())
