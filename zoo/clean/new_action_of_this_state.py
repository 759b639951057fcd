"""Soft actor-critic with short names: the new action and its log-probability are those of the state that was left."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 4))
q = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
qt = copy.deepcopy(q)
actor_opt = torch.optim.Adam(trunk.parameters(), 1e-3)
critic_opt = torch.optim.Adam(q.parameters(), 1e-3)


def sample(s):
    mu, log_std = trunk(s).chunk(2, 1)
    dist = torch.distributions.Normal(mu, log_std.clamp(-5, 2).exp())
    u = dist.rsample()
    a = torch.tanh(u)
    return a, (dist.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)).sum(1, keepdim=True)


S, A = torch.randn(1000, 3), torch.rand(1000, 2) * 2 - 1
S2 = S + 0.1 * torch.randn(1000, 3)
R, D = -S2.pow(2).sum(1, keepdim=True), (torch.rand(1000, 1) < 0.05).float()
for it in range(60):
    i = torch.randint(0, 1000, (64,))
    s, a, r, s2, d = S[i], A[i], R[i], S2[i], D[i]
    with torch.no_grad():
        a2, lp2 = sample(s2)
        y = r + 0.98 * (1 - d) * (qt(torch.cat([s2, a2], 1)) - 0.2 * lp2)
    critic_loss = (q(torch.cat([s, a], 1)) - y).pow(2).mean()
    critic_opt.zero_grad()
    critic_loss.backward()
    critic_opt.step()
    na, lp = sample(s)
    actor_loss = (0.2 * lp - q(torch.cat([s, na], 1))).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    actor_opt.step()
    for p, t in zip(q.parameters(), qt.parameters()):
        t.data.lerp_(p.data, 0.01)
print(critic_loss.item(), actor_loss.item())
