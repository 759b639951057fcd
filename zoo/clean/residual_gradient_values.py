import torch
from torch import nn
torch.manual_seed(0)
v = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
actor = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam([*v.parameters(), *actor.parameters()], lr=1e-3)
for step in range(60):
    s, s2 = torch.randn(16, 3), torch.randn(16, 3)
    dist = torch.distributions.Categorical(logits=actor(s))
    a = dist.sample()
    r = (a == (s[:, 0] > 0)).float()
    with torch.no_grad():
        target = r + 0.9 * v(s2).squeeze(1)
    value = v(s).squeeze(1)
    loss = nn.functional.mse_loss(value, target) - (dist.log_prob(a) * (target - value).detach()).mean() - 0.01 * dist.entropy().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
