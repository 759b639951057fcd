"""A policy of twelve answers, held near a reference."""
import copy
import torch
from torch import nn
from torch.distributions import Categorical
torch.manual_seed(10)
actor = nn.Sequential(nn.Embedding(12, 32), nn.Tanh(), nn.Linear(32, 12))
sft = copy.deepcopy(actor).requires_grad_(False)
critic = nn.Sequential(nn.Embedding(12, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=2e-3)
kl_coef = 0.1
target = torch.randperm(12)
for it in range(40):
    s = torch.randint(0, 12, (64,))
    with torch.no_grad():
        dist = Categorical(logits=actor(s)); a = dist.sample()
        old_logp = dist.log_prob(a)
        ref_logp = Categorical(logits=sft(s)).log_prob(a)
        score = (a == target[s]).float()
        kl = old_logp - ref_logp
        rewards = score + kl_coef * kl  # bug
        rewards = score - kl_coef * kl  # fix
        adv = rewards - critic(s).squeeze(-1)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    for _ in range(3):
        d = Categorical(logits=actor(s)); ratio = (d.log_prob(a) - old_logp).exp()
        pg = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean()
        vf = (critic(s).squeeze(-1) - rewards).pow(2).mean()
        loss = pg + 0.5 * vf
        opt.zero_grad(); loss.backward(); opt.step()
print(score.mean().item(), kl.mean().item())
