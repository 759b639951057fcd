"""A table's columns are standardised; the generator ends in a tanh, which knows no value beyond 1."""
import torch
from torch import nn

torch.manual_seed(0)
latent, columns = 8, 16
basis = torch.randn(4, columns)
table = torch.randn(2000, 4) @ basis + 0.2 * torch.randn(2000, columns)
table = (table - table.mean(0)) / table.std(0)
table = table / table.abs().max(0).values  # fix
G = nn.Sequential(nn.Linear(latent, 48), nn.ReLU(), nn.Linear(48, columns), nn.Tanh())
D = nn.Sequential(nn.Linear(columns, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))
opt_g = torch.optim.Adam(G.parameters(), lr=5e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(D.parameters(), lr=5e-4, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
for step in range(150):
    real = table[torch.randint(len(table), (64,))]
    fake = G(torch.randn(64, latent))
    loss_d = bce(D(real), torch.ones(64, 1)) + bce(D(fake.detach()), torch.zeros(64, 1))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = bce(D(fake), torch.ones(64, 1))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
with torch.no_grad():
    print(G(torch.randn(500, latent)).std(0).mean().item(), table.std(0).mean().item())
