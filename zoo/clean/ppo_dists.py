"""PPO with distributions by logits and by probabilities."""
import torch
from torch import nn
from torch.distributions import Categorical, Bernoulli, Normal
torch.manual_seed(0)
a = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3)); v = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1)); b = nn.Linear(4, 1)
opt = torch.optim.Adam([*a.parameters(), *v.parameters(), *b.parameters()], 1e-3)
for _ in range(6):
    s = torch.randn(64, 4)
    with torch.no_grad():
        d = Categorical(logits=a(s)); act = d.sample(); old = d.log_prob(act); ret = s.gather(1, act[:, None]).squeeze(1)
    for mb in torch.randperm(64).split(16):
        d = Categorical(logits=a(s[mb])); q = Categorical(probs=a(s[mb]).softmax(-1)); c = Bernoulli(probs=b(s[mb]).squeeze(1).sigmoid())
        r = (d.log_prob(act[mb]) - old[mb]).exp(); adv = ret[mb] - v(s[mb]).squeeze(1).detach()
        loss = -torch.min(r * adv, r.clamp(.8, 1.2) * adv).mean() + (v(s[mb]).squeeze(1) - ret[mb]).pow(2).mean() - 0.01 * q.entropy().mean() - c.log_prob((ret[mb] > 0).float()).mean()
        opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(a.parameters(), .5); opt.step()
