"""One optimiser, and the advantage is not detached."""
import torch
from torch import nn
torch.manual_seed(0)
actor = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 2))
critic = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
opt = torch.optim.Adam([*actor.parameters(), *critic.parameters()], 3e-3)
for up in range(100):
    s = torch.randn(32, 3)
    dist = torch.distributions.Categorical(logits=actor(s))
    a = dist.sample()
    ret = ((s[:, 0] > 0).long() == a).float() + 0.1 * torch.randn(32)
    v = critic(s).squeeze(-1)
    adv = ret - v  # bug
    adv = (ret - v).detach()  # fix
    loss = -(dist.log_prob(a) * adv).mean() + 0.5 * (ret - v).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(ret.mean().item())
