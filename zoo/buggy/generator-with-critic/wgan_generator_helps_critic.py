"""The generator lowers what the critic lowers too."""
import torch
import torch.nn as nn
torch.manual_seed(25)
netG = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
netC = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 1))
optG, optC = torch.optim.RMSprop(netG.parameters(), lr=5e-4), torch.optim.RMSprop(netC.parameters(), lr=5e-4)
data = torch.randn(800, 2) * 0.2 + 1.0
for it in range(120):
    for p in netC.parameters():
        p.data.clamp_(-0.1, 0.1)
    real = data[torch.randint(800, (40,))]
    fake = netG(torch.randn(40, 6)).detach()
    optC.zero_grad()
    loss_c = netC(fake).mean() - netC(real).mean()
    loss_c.backward()
    optC.step()
    if it % 3 == 2:
        optG.zero_grad()
        loss_g = netC(netG(torch.randn(40, 6))).mean()  # bug
        loss_g = -netC(netG(torch.randn(40, 6))).mean()  # fix
        loss_g.backward()
        optG.step()
