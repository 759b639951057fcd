"""Correct: shared encoder two optimisers."""
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(17)
enc, critic, actor = (nn.Sequential(nn.Linear(6, 32), nn.ReLU()), nn.Linear(33, 1), nn.Linear(32, 2))
oc = torch.optim.Adam([*enc.parameters(), *critic.parameters()], 0.001)
oa = torch.optim.Adam(actor.parameters(), 0.001)
S = torch.randn(400, 6)
A = torch.rand(400, 1) * 2 - 1
R = -(A - S[:, :1].tanh()) ** 2
for it in range(60):
    i = torch.randint(400, (32,))
    q = critic(torch.cat([enc(S[i]), A[i]], 1))
    lc = F.mse_loss(q, R[i])
    oc.zero_grad()
    lc.backward()
    oc.step()
    h = enc(S[i]).detach()
    mu, ls = actor(h).chunk(2, 1)
    d = torch.distributions.Normal(mu, ls.clamp(-3, 1).exp())
    u = d.rsample()
    a = u.tanh()
    la = (0.1 * d.log_prob(u) - critic(torch.cat([h, a], 1))).mean()
    oa.zero_grad()
    la.backward()
    oa.step()
