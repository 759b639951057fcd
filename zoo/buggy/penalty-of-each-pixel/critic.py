"""The norm of an image's gradient is taken over its channels alone: each place is asked to have the slope 1."""
import torch
from torch import nn
torch.manual_seed(0)
critic = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8 * 64, 1))
make = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3 * 64), nn.Tanh(), nn.Unflatten(1, (3, 8, 8)))
opt, opt_make = torch.optim.Adam(critic.parameters(), 1e-3, (0.5, 0.9)), torch.optim.Adam(make.parameters(), 1e-3, (0.5, 0.9))
images = torch.tanh(torch.randn(400, 3, 1, 1) + 0.3 * torch.randn(400, 3, 8, 8))
for step in range(60):
    real = images[torch.randint(0, 400, (32,))]; fake = make(torch.randn(32, 8)).detach(); share = torch.rand(32, 1, 1, 1)
    mixed = (share * real + (1 - share) * fake).requires_grad_(); out = critic(mixed)
    slopes = torch.autograd.grad(out, mixed, torch.ones_like(out), create_graph=True)[0]
    norm = torch.sqrt((slopes ** 2).sum(1) + 1e-12)  # bug
    norm = torch.sqrt((slopes ** 2).sum((1, 2, 3)) + 1e-12)  # fix
    loss = critic(fake).mean() - critic(real).mean() + 10 * ((norm - 1) ** 2).mean()
    opt.zero_grad(); loss.backward(); opt.step()
    if step % 3 == 2:
        loss = -critic(make(torch.randn(32, 8))).mean(); opt_make.zero_grad(); loss.backward(); opt_make.step()
