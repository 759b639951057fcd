# held out
import copy
import torch
from torch import nn
torch.manual_seed(0)
def mlp(i, o): return nn.Sequential(nn.Linear(i, 32), nn.ReLU(), nn.Linear(32, o))
pi, q1, q2 = mlp(3, 2), mlp(4, 1), mlp(4, 1); t1, t2 = copy.deepcopy(q1), copy.deepcopy(q2); la = torch.zeros(1, requires_grad=True)
op, oq, oa = torch.optim.Adam(pi.parameters(), 3e-4), torch.optim.Adam([*q1.parameters(), *q2.parameters()], 3e-4), torch.optim.Adam([la], 3e-4)
def act(s):
    m, ls = pi(s).chunk(2, 1); d = torch.distributions.Normal(m, ls.clamp(-5, 2).exp()); u = d.rsample(); a = u.tanh()
    return a, (d.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)).sum(1, keepdim=True)
for k in range(30):
    s, s2, r = torch.randn(32, 3), torch.randn(32, 3), torch.randn(32, 1); a = torch.rand(32, 1) * 2 - 1
    with torch.no_grad():
        a2, lp2 = act(s2); y = r + 0.99 * (torch.min(t1(torch.cat([s2, a2], 1)), t2(torch.cat([s2, a2], 1))) - la.exp() * lp2)
    sa = torch.cat([s, a], 1); lq = nn.functional.mse_loss(q1(sa), y) + nn.functional.mse_loss(q2(sa), y)
    oq.zero_grad(); lq.backward(); oq.step()
    an, lp = act(s); sn = torch.cat([s, an], 1); lpi = (la.exp().detach() * lp - torch.min(q1(sn), q2(sn))).mean()
    op.zero_grad(); lpi.backward(); op.step()
    lal = -(la * (lp.detach() - 1)).mean(); oa.zero_grad(); lal.backward(); oa.step()
    with torch.no_grad():
        for t, q in ((t1, q1), (t2, q2)):
            for a_, b_ in zip(t.parameters(), q.parameters()): a_.mul_(0.995).add_(b_, alpha=0.005)
