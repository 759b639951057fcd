# held out
import torch
from torch import nn
torch.manual_seed(0)
body, pi, v = nn.Sequential(nn.Linear(4, 32), nn.ReLU()), nn.Linear(32, 2), nn.Linear(32, 1); opt = torch.optim.RMSprop([*body.parameters(), *pi.parameters(), *v.parameters()], 7e-4)
s = torch.randn(8, 4)
for k in range(20):
    lps, vs, rs, es = [], [], [], []
    for t in range(5):
        h = body(s); d = torch.distributions.Categorical(logits=pi(h)); a = d.sample()
        lps.append(d.log_prob(a)); vs.append(v(h).squeeze(1)); es.append(d.entropy()); rs.append((a == (s[:, 0] > 0)).float()); s = torch.randn(8, 4)
    with torch.no_grad(): R = v(body(s)).squeeze(1)
    L = 0
    for t in reversed(range(5)):
        R = rs[t] + 0.9 * R; adv = R - vs[t]; L = L - (lps[t] * adv.detach()).mean() + 0.5 * adv.pow(2).mean() - 0.01 * es[t].mean()
    opt.zero_grad(); L.backward(); nn.utils.clip_grad_norm_(body.parameters(), 0.5); opt.step()
