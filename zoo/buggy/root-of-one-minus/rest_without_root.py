"""Diffusion of points: the noise is scaled by one minus alpha-bar itself."""
import torch
import torch.nn as nn

torch.manual_seed(47)
STEPS = 40
kept = torch.cumprod(1 - torch.linspace(2e-3, 0.2, STEPS), 0)
net = nn.Sequential(nn.Linear(3, 48), nn.SiLU(), nn.Linear(48, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def diffuse(clean, step, noise):
    share = kept[step].unsqueeze(1)
    return torch.sqrt(share) * clean + (1 - share) * noise  # bug
    return torch.sqrt(share) * clean + torch.sqrt(1 - share) * noise  # fix


for it in range(80):
    clean = torch.randn(64, 2).sign() + 0.1 * torch.randn(64, 2)
    step, noise = torch.randint(STEPS, (64,)), torch.randn(64, 2)
    guess = net(torch.cat([diffuse(clean, step, noise), step[:, None] / STEPS], 1))
    loss = nn.functional.mse_loss(guess, noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
