"""A critic of small tiles, held to a slope of 1 between real and made ones."""

import torch
from torch import nn

torch.manual_seed(3)
critic = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8 * 16, 1))
generator = nn.Sequential(nn.Linear(6, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))
of_critic = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.0, 0.9))
of_generator = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.0, 0.9))


def penalty(real, fake):
    weight = torch.rand_like(real)  # bug
    weight = torch.rand(len(real), 1, 1, 1)  # fix
    between = (weight * real + (1 - weight) * fake).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).pow(2).mean()


for step in range(60):
    real = torch.sin(torch.arange(8) * (1 + torch.rand(24, 1, 1, 1))).expand(24, 1, 8, 8) * 0.8
    fake = generator(torch.randn(24, 6))
    loss = critic(fake.detach()).mean() - critic(real).mean() + 10 * penalty(real, fake.detach())
    of_critic.zero_grad()
    loss.backward()
    of_critic.step()
    if step % 3 == 2:
        of_generator.zero_grad()
        (-critic(fake).mean()).backward()
        of_generator.step()
print("critic", loss.item())
