"""PPO with a normal policy: the smaller of two surrogates."""

import torch
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.mu = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
        self.log_std = nn.Parameter(torch.zeros(1))

    def forward(self, s):
        return Normal(self.mu(s), self.log_std.exp())


actor, critic = Actor(), nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(list(actor.parameters()) + list(critic.parameters()), lr=1e-3)
clip = 0.2
for it in range(20):
    with torch.no_grad():
        s = torch.randn(256, 3)
        d = actor(s)
        a = d.sample()
        old_lp = d.log_prob(a).sum(-1)
        ret = -(a.squeeze(1) - s.sum(1)).pow(2)
        adv = ret - critic(s).squeeze(1)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for _ in range(3):
        for mb in torch.randperm(256).split(64):
            lp = actor(s[mb]).log_prob(a[mb]).sum(-1)
            ratio = torch.exp(lp - old_lp[mb])
            surr_1 = ratio * adv[mb].mean()  # bug
            surr_2 = (torch.clamp(ratio, 1 - clip, 1 + clip) * adv[mb]).mean()  # bug
            surr_1 = ratio * adv[mb]  # fix
            surr_2 = torch.clamp(ratio, 1 - clip, 1 + clip) * adv[mb]  # fix
            action_loss = -torch.min(surr_1, surr_2).mean()
            value_loss = (ret[mb] - critic(s[mb]).squeeze(1)).pow(2).mean()
            opt.zero_grad()
            (action_loss + 0.5 * value_loss).backward()
            opt.step()
    print(it, ret.mean().item())
