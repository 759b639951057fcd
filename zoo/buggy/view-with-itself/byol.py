"""BYOL: each view meets the target of the same view."""
import copy
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
online = nn.Sequential(nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 16)); predictor = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 16))
target = copy.deepcopy(online).requires_grad_(False); opt = torch.optim.Adam([*online.parameters(), *predictor.parameters()], 1e-3); rows = torch.randn(600, 20)
def far(p, z): return 2 - 2 * F.cosine_similarity(p, z, dim=-1).mean()
for step in range(60):
    x = rows[torch.randint(0, 600, (40,))]; a, b = x + 0.2 * torch.randn_like(x), x * (torch.rand_like(x) > 0.2)
    with torch.no_grad(): ta, tb = target(a), target(b)
    pa, pb = predictor(online(a)), predictor(online(b))
    loss = far(pa, ta) + far(pb, tb)  # bug
    loss = far(pa, tb) + far(pb, ta)  # fix
    opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for p, q in zip(target.parameters(), online.parameters()): p.lerp_(q, 0.01)
