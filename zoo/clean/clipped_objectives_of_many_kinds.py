"""Clipped objectives: turned signs with the maximum, a value that is clipped, and a floor under negative advantages."""
import torch
from torch import nn

torch.manual_seed(0)
pi = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
v = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*pi.parameters(), *v.parameters()], lr=1e-3)
for it in range(8):
    s = torch.randn(128, 4)
    with torch.no_grad():
        d = torch.distributions.Categorical(logits=pi(s))
        a = d.sample()
        old_logprob, old_value = d.log_prob(a), v(s)[:, 0]
        ret = s[:, 0] * (2 * a - 1) + 0.1 * torch.randn(128)
        adv = ret - old_value
    for epoch in range(4):
        d = torch.distributions.Categorical(logits=pi(s))
        logratio = d.log_prob(a) - old_logprob
        ratio = logratio.exp()
        with torch.no_grad():
            old_kl = (old_logprob - d.log_prob(a)).mean()
        if epoch % 2:
            pg1 = -adv * ratio
            pg2 = -adv * torch.clamp(ratio, 0.8, 1.2)
            pg_loss = torch.max(pg1, pg2).mean()
        else:
            kept = torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv)
            pg_loss = -torch.where(adv < 0, torch.max(kept, 3 * adv), kept).mean()
        value = v(s)[:, 0]
        clipped = old_value + torch.clamp(value - old_value, -0.2, 0.2)
        v_loss = 0.5 * torch.max((value - ret) ** 2, (clipped - ret) ** 2).mean()
        opt.zero_grad()
        (pg_loss + v_loss - 0.01 * d.entropy().mean()).backward()
        opt.step()
print(pg_loss.item(), old_kl.item())
