"""A gradient penalty whose gradients have no graph."""
import torch
import torch.nn as nn
torch.manual_seed(24)
G = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
D = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
og, od = torch.optim.Adam(G.parameters(), lr=1e-4, betas=(0.5, 0.9)), torch.optim.Adam(D.parameters(), lr=1e-4, betas=(0.5, 0.9))
real_all = torch.randn(1000, 2) * 0.3 + torch.tensor([1.0, -1.0])
def penalty(real, fake):
    eps = torch.rand(len(real), 1)
    mix = (eps * real + (1 - eps) * fake).requires_grad_(True)
    score = D(mix)
    grads = torch.autograd.grad(score.sum(), mix)[0]  # bug
    grads = torch.autograd.grad(score.sum(), mix, create_graph=True)[0]  # fix
    return ((grads.norm(2, dim=1) - 1) ** 2).mean()
for it in range(100):
    real = real_all[torch.randint(1000, (64,))]
    fake = G(torch.randn(64, 8)).detach()
    d_loss = D(fake).mean() - D(real).mean() + 10 * penalty(real, fake)
    od.zero_grad(); d_loss.backward(); od.step()
    if it % 5 == 4:
        g_loss = -D(G(torch.randn(64, 8))).mean()
        og.zero_grad(); g_loss.backward(); og.step()
