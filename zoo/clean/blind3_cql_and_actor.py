"""Correct: cql and actor."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(25)
actor, q = (nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1), nn.Tanh()), nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 1)))
oa, oq = (torch.optim.Adam(actor.parameters(), 0.001), torch.optim.Adam(q.parameters(), 0.001))
S = torch.randn(400, 4)
A = torch.rand(400, 1) * 2 - 1
R = -(A - S[:, :1].tanh()) ** 2
for it in range(60):
    i = torch.randint(400, (32,))
    pa = actor(S[i])
    qd, qp = (q(torch.cat([S[i], A[i]], 1)), q(torch.cat([S[i], pa.detach()], 1)))
    lq = F.mse_loss(qd, R[i]) + 0.1 * (qp.mean() - qd.mean())
    oq.zero_grad()
    lq.backward()
    oq.step()
    la = -q(torch.cat([S[i], actor(S[i])], 1)).mean()
    oa.zero_grad()
    la.backward()
    oa.step()
