"""Two groups of latents, the second one relative to its prior."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def kl_2(delta_mu, delta_log_var, mu, log_var):
    var = torch.exp(log_var)
    delta_var = torch.exp(delta_log_var)
    loss = -0.5 * torch.sum(1 + delta_log_var - delta_mu**2 / var - delta_var)  # bug
    loss = -0.5 * torch.sum(1 + delta_log_var - delta_mu**2 / var - delta_var, dim=1)  # fix
    return torch.mean(loss, dim=0)


class Ladder(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(20, 32)
        self.q1, self.prior2, self.q2 = nn.Linear(32, 8), nn.Linear(4, 8), nn.Linear(36, 8)
        self.dec = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 20))

    def forward(self, x):
        h = F.relu(self.enc(x))
        m1, l1 = self.q1(h).chunk(2, 1)
        z1 = m1 + torch.randn_like(m1) * (0.5 * l1).exp()
        kl1 = (-0.5 * (1 + l1 - m1**2 - l1.exp()).sum(1)).mean()
        pm, pl = self.prior2(z1).chunk(2, 1)
        pl = pl.clamp(-3, 3)
        dm, dl = self.q2(torch.cat([h, z1], 1)).chunk(2, 1)
        z2 = pm + dm + torch.randn_like(dm) * (0.5 * (pl + dl)).exp()
        return self.dec(torch.cat([z1, z2], 1)), kl1 + kl_2(dm, dl, pm, pl)


model = Ladder()
opt = torch.optim.Adamax(model.parameters(), lr=2e-3)
basis = torch.randn(5, 20)
for step in range(120):
    x = torch.randn(64, 5) @ basis
    rec, kl = model(x)
    loss = ((rec - x) ** 2).sum(1).mean() + kl
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 30 == 0:
        print(step, loss.item(), kl.item())
