"""level: notice. The same mistake where the generator's gradients are zeroed in time: only work is lost."""
import torch
from torch import nn

torch.manual_seed(0)
make = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 4))
critic = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 1))
opt_make, opt_critic = torch.optim.RMSprop(make.parameters(), lr=1e-3), torch.optim.RMSprop(critic.parameters(), lr=1e-3)
for _ in range(24):
    real, fake = torch.randn(20, 4) + 1, make(torch.randn(20, 2))
    opt_critic.zero_grad()
    (critic(fake).mean() - critic(real).mean()).backward()  # bug
    (critic(fake.detach()).mean() - critic(real).mean()).backward()  # fix
    opt_critic.step()
    with torch.no_grad():
        for weight in critic.parameters():
            weight.clamp_(-0.05, 0.05)
    opt_make.zero_grad()
    (-critic(make(torch.randn(20, 2))).mean()).backward()
    opt_make.step()
