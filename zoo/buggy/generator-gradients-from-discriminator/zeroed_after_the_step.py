"""A GAN of a line; the critic's gradients are zeroed after its step."""
import torch
import torch.nn as nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = torch.optim.Adam(G.parameters(), lr=1e-3), torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
def critic(n):
    x = torch.randn(n, 1)
    real, fake = D(torch.cat([x, 2 * x], 1)), D(G(torch.randn(n, 4)).detach())
    od.zero_grad()  # fix
    (bce(real, torch.ones(n, 1)) + bce(fake, torch.zeros(n, 1))).backward()
    od.step()
    od.zero_grad()  # bug
def generator(n):
    loss = bce(D(G(torch.randn(n, 4))), torch.ones(n, 1))
    og.zero_grad()
    loss.backward()
    og.step()
for step in range(120):
    critic(64)
    generator(64)
