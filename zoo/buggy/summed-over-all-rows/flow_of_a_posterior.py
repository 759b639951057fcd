"""A VAE whose posterior goes through planar flows."""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Planar(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.u, self.w, self.b = nn.Parameter(torch.randn(d) * 0.1), nn.Parameter(torch.randn(d)), nn.Parameter(torch.zeros(1))

    def forward(self, z):
        h = torch.tanh(z @ self.w + self.b)
        psi = (1 - h**2)[:, None] * self.w
        return z + h[:, None] * self.u, torch.log((1 + psi @ self.u).abs() + 1e-6)


class FlowVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.mu, self.lv = nn.Linear(16, 32), nn.Linear(32, 4), nn.Linear(32, 4)
        self.flows = nn.ModuleList(Planar(4) for _ in range(3))
        self.dec = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16))

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, lv = self.mu(h), self.lv(h)
        z0 = mu + torch.randn_like(mu) * (0.5 * lv).exp()
        log_qz = (-0.5 * math.log(2 * math.pi) - lv / 2 - (z0 - mu) ** 2 / (2 * lv.exp())).sum(1)
        z, log_det_z = z0, torch.zeros(len(x))
        for flow in self.flows:
            z, ld = flow(z)
            log_det_z = log_det_z + ld
        qz = log_qz - sum(log_det_z)  # bug
        qz = log_qz - log_det_z  # fix
        pz = (-0.5 * math.log(2 * math.pi) - z**2 / 2).sum(1)
        return self.dec(z), qz - pz


model = FlowVAE()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
basis = torch.randn(4, 16)
for step in range(120):
    x = torch.randn(32, 4) @ basis
    rec, kl = model(x)
    loss = (((rec - x) ** 2).sum(1) + kl).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 30 == 0:
        print(step, loss.item(), kl.mean().item())
