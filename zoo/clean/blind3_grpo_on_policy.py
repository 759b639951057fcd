"""Correct: grpo on policy."""
import torch
import torch.nn as nn
torch.manual_seed(15)
pol = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 4))
opt = torch.optim.Adam(pol.parameters(), 0.001)
for it in range(40):
    x = torch.randn(8, 6).repeat_interleave(4, 0)
    d = torch.distributions.Categorical(logits=pol(x))
    a = d.sample()
    r = (a == 0).float().view(8, 4)
    adv = ((r - r.mean(1, True)) / (r.std(1, keepdim=True) + 0.0001)).flatten()
    lp = d.log_prob(a)
    ratio = (lp - lp.detach()).exp()
    loss = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
