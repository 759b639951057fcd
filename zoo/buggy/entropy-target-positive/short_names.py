"""Soft actor-critic with a learnt temperature."""
import copy
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(28)
obs_dim, act_dim = 4, 2
class Actor(nn.Module):
    def __init__(self):
        super().__init__(); self.b = nn.Sequential(nn.Linear(obs_dim, 32), nn.ReLU()); self.mu = nn.Linear(32, act_dim); self.ls = nn.Linear(32, act_dim)
    def forward(self, s):
        h = self.b(s); d = torch.distributions.Normal(self.mu(h), self.ls(h).clamp(-5, 2).exp()); u = d.rsample(); a = torch.tanh(u)
        logp = (d.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)).sum(-1)
        return a, logp
def critic(): return nn.Sequential(nn.Linear(obs_dim + act_dim, 32), nn.ReLU(), nn.Linear(32, 1))
actor, q1, q2 = Actor(), critic(), critic(); t1, t2 = copy.deepcopy(q1), copy.deepcopy(q2)
log_alpha = torch.zeros(1, requires_grad=True)
target_entropy = float(act_dim)  # bug
target_entropy = -float(act_dim)  # fix
oa, oq, oe = torch.optim.Adam(actor.parameters(), lr=1e-3), torch.optim.Adam([*q1.parameters(), *q2.parameters()], lr=1e-3), torch.optim.Adam([log_alpha], lr=3e-3)
S = torch.randn(2000, obs_dim); A = torch.rand(2000, act_dim) * 2 - 1; R = -(A - S[:, :2].tanh()).pow(2).sum(1); S2 = 0.8 * S + 0.3 * torch.randn(2000, obs_dim); D = (torch.rand(2000) < 0.05).float()
for step in range(120):
    i = torch.randint(0, 2000, (64,)); alpha = log_alpha.exp().detach()
    with torch.no_grad():
        a2, lp2 = actor(S2[i]); x2 = torch.cat([S2[i], a2], 1)
        y = R[i] + 0.95 * (1 - D[i]) * (torch.min(t1(x2), t2(x2)).squeeze(1) - alpha * lp2)
    x = torch.cat([S[i], A[i]], 1); lq = F.mse_loss(q1(x).squeeze(1), y) + F.mse_loss(q2(x).squeeze(1), y)
    oq.zero_grad(); lq.backward(); oq.step()
    a, lp = actor(S[i]); xa = torch.cat([S[i], a], 1)
    la = (alpha * lp - torch.min(q1(xa), q2(xa)).squeeze(1)).mean()
    oa.zero_grad(); la.backward(); oa.step()
    le = -(log_alpha.exp() * (lp + target_entropy).detach()).mean()
    oe.zero_grad(); le.backward(); oe.step()
    with torch.no_grad():
        for q, t in ((q1, t1), (q2, t2)):
            for p, tp in zip(q.parameters(), t.parameters()): tp.mul_(0.99).add_(0.01 * p)
print(la.item(), log_alpha.exp().item())
