"""Correct: actor critic one backward two steps."""
import torch
import torch.nn as nn
torch.manual_seed(18)
pi, v = (nn.Linear(5, 2), nn.Linear(5, 1))
ls = nn.Parameter(torch.zeros(2))
op, ov = (torch.optim.Adam([*pi.parameters(), ls], 0.01), torch.optim.Adam(v.parameters(), 0.01))
for it in range(60):
    s = torch.randn(32, 5)
    d = torch.distributions.Normal(pi(s), ls.exp())
    a = d.sample()
    r = -((a - s[:, :2]) ** 2).sum(1)
    adv = r - v(s)[:, 0]
    loss = -(d.log_prob(a).sum(1) * adv.detach()).mean() + adv.pow(2).mean()
    op.zero_grad()
    ov.zero_grad()
    loss.backward()
    op.step()
    ov.step()
