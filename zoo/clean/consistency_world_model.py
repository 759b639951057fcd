"""The next state's code is predicted, and gradients flow through both on purpose."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
enc, dyn, rew = (
    nn.Linear(5, 12),
    nn.Sequential(nn.Linear(13, 24), nn.ReLU(), nn.Linear(24, 12)),
    nn.Linear(12, 1),
)
opt = torch.optim.Adam([*enc.parameters(), *dyn.parameters(), *rew.parameters()], 2e-3)
S = torch.randn(400, 5)
A = torch.randn(400, 1)
S2 = S + 0.2 * A
R = S2[:, :1]
for i in range(100):
    j = torch.randint(0, 400, (32,))
    z = enc(S[j])
    zp = z + dyn(torch.cat([z, A[j]], 1))
    loss = F.mse_loss(zp, enc(S2[j])) + F.mse_loss(rew(zp), R[j])
    opt.zero_grad()
    loss.backward()
    opt.step()
