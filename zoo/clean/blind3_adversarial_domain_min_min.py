"""Correct: adversarial domain min min."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(27)
f, c, d = (nn.Sequential(nn.Linear(6, 24), nn.ReLU()), nn.Linear(24, 2), nn.Linear(24, 1))
of, od = (torch.optim.Adam([*f.parameters(), *c.parameters()], 0.001), torch.optim.Adam(d.parameters(), 0.001))
S = torch.randn(300, 6)
Y = (S[:, 0] > 0).long()
T = torch.randn(300, 6) + 0.5
for it in range(60):
    i = torch.randint(300, (32,))
    hs, ht = (f(S[i]), f(T[i]))
    ld = d(hs.detach()).mean() - d(ht.detach()).mean() + 0.1 * sum(((p ** 2).sum() for p in d.parameters()))
    od.zero_grad()
    ld.backward()
    od.step()
    lf = F.cross_entropy(c(hs), Y[i]) - 0.1 * (d(hs).mean() - d(ht).mean())
    of.zero_grad()
    lf.backward()
    of.step()
