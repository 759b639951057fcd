"""Correct: the sum of a row holds its similarity to itself at first, and it is taken off: as a diagonal, as e^(1/tau)."""
import math
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(12)
tau = 0.5; x = torch.randn(600, 12)
def between_graphs(a, b):
    refl, between = torch.exp(a @ a.t() / tau), torch.exp(a @ b.t() / tau)
    return -torch.log(between.diag() / (refl.sum(1) + between.sum(1) - refl.diag())).mean()
def constant_off(a, b):
    z = torch.cat([a, b]); e = torch.exp(z @ z.t() / tau)
    pos = torch.exp((a * b).sum(1) / tau)
    return -torch.log(torch.cat([pos, pos]) / (e.sum(dim=1) - math.e ** (1 / tau))).mean()
def selected(a, b):
    z = torch.cat([a, b]); e = torch.exp(z @ z.t() / tau)
    e = e.masked_select(~torch.eye(len(z), dtype=torch.bool)).view(len(z), -1)
    pos = torch.exp((a * b).sum(-1) / tau)
    return (-torch.log(torch.cat([pos, pos]) / e.sum(dim=-1))).mean()
for loss_of in (between_graphs, constant_off, selected):
    net = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
    for epoch in range(2):
        for rows in torch.randperm(600).split(60):
            a, b = (F.normalize(net(x[rows] + 0.1 * torch.randn(len(rows), 12)), dim=1) for _ in range(2))
            loss = loss_of(a, b); opt.zero_grad(); loss.backward(); opt.step()
    print(loss_of.__name__, loss.item())
