"""PPO on a bandit with contexts: of the plain and the clipped term the greater one is taken."""
import torch
from torch import nn

torch.manual_seed(0)
pi = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
v = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*pi.parameters(), *v.parameters()], lr=1e-3)
clip = 0.2
for it in range(8):
    s = torch.randn(128, 4)
    with torch.no_grad():
        d = torch.distributions.Categorical(logits=pi(s))
        a = d.sample()
        old = d.log_prob(a)
        ret = s[:, 0] * (2 * a - 1) + 0.1 * torch.randn(128)
        adv = ret - v(s)[:, 0]
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for _ in range(3):
        for b in torch.randperm(128).split(32):
            d = torch.distributions.Categorical(logits=pi(s[b]))
            ratio = torch.exp(d.log_prob(a[b]) - old[b])
            surr1 = ratio * adv[b]
            surr2 = torch.clamp(ratio, 1 - clip, 1 + clip) * adv[b]
            policy_loss = -torch.max(surr1, surr2).mean()  # bug
            policy_loss = -torch.min(surr1, surr2).mean()  # fix
            value_loss = (v(s[b])[:, 0] - ret[b]).pow(2).mean()
            loss = policy_loss + 0.5 * value_loss - 0.01 * d.entropy().mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
print(loss.item())
