"""The generator's optimiser holds both nets."""
import torch
import torch.nn as nn
torch.manual_seed(26)
G = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4), nn.Tanh())
D = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(list(G.parameters()) + list(D.parameters()), lr=2e-4)  # bug
opt_g = torch.optim.Adam(G.parameters(), lr=2e-4)  # fix
opt_d = torch.optim.Adam(D.parameters(), lr=2e-4)
bce = nn.BCEWithLogitsLoss()
data = torch.tanh(torch.randn(900, 4))
for epoch in range(3):
    for real in torch.randperm(900).split(30):
        real = data[real]
        fake = G(torch.randn(30, 10))
        opt_d.zero_grad()
        (bce(D(real), torch.ones(30, 1)) + bce(D(fake.detach()), torch.zeros(30, 1))).backward()
        opt_d.step()
        opt_g.zero_grad()
        bce(D(fake), torch.ones(30, 1)).backward()
        opt_g.step()
