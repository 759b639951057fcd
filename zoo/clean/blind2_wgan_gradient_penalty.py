import torch
from torch import nn

torch.manual_seed(0)
Z, RING = 4, 8


def real_batch(n):
    k = torch.randint(RING, (n,)) * (2 * torch.pi / RING)
    return torch.stack([k.cos(), k.sin()], dim=1) + 0.05 * torch.randn(n, 2)


def mlp(a, b):
    return nn.Sequential(nn.Linear(a, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, b))


def penalty(critic, real, fake):
    t = torch.rand(len(real), 1)
    mid = (t * real + (1 - t) * fake).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(mid).sum(), mid, create_graph=True)
    return (slope.norm(dim=1) - 1).pow(2).mean()


G, D = mlp(Z, 2), mlp(2, 1)
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.9))
opt_d = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.0, 0.9))
for it in range(400):
    for _ in range(4):
        real, fake = real_batch(64), G(torch.randn(64, Z)).detach()
        loss_d = D(fake).mean() - D(real).mean() + 0.5 * penalty(D, real, fake)
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
    loss_g = -D(G(torch.randn(64, Z))).mean()
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    if it % 80 == 79:
        print(it + 1, f"critic {loss_d.item():.3f} generator {loss_g.item():.3f}")
with torch.no_grad():
    radius = G(torch.randn(1000, Z)).norm(dim=1)
print("mean radius", radius.mean().item(), "sd", radius.std().item())
