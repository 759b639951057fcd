"""The slope of a critic is that of its mean: it is asked to be as many times too steep as there are rows."""
import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.0, 0.9))
opt_c = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.0, 0.9))


def penalty(real, fake):
    share = torch.rand(len(real), 1)
    between = (share * real + (1 - share) * fake).requires_grad_(True)
    scores = critic(between)
    slope = torch.autograd.grad(scores.mean(), between, create_graph=True)[0]  # bug
    slope = torch.autograd.grad(scores.sum(), between, create_graph=True)[0]  # fix
    return ((slope.norm(dim=1) - 1) ** 2).mean()


for step in range(40):
    real = torch.randn(48, 2) * 0.5 + 1
    fake = generator(torch.randn(48, 4)).detach()
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty(real, fake)
    opt_c.zero_grad()
    loss.backward()
    opt_c.step()
    if step % 4 == 3:
        loss = -critic(generator(torch.randn(48, 4))).mean()
        opt_g.zero_grad()
        loss.backward()
        opt_g.step()
