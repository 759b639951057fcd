"""The similarity of each view to itself stays among the candidates."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam(enc.parameters(), 2e-3)
X = torch.randn(400, 16)
def nt_xent(a, b, tau=0.2):
    z = F.normalize(torch.cat([a, b]), dim=1)
    n = len(a)
    sim = z @ z.T / tau
    sim = sim.masked_fill(torch.eye(2 * n, dtype=torch.bool), -1e9)  # fix
    target = torch.cat([torch.arange(n) + n, torch.arange(n)])
    return F.cross_entropy(sim, target)
for ep in range(8):
    for i in torch.randperm(400).split(40):
        v1, v2 = X[i] + 0.3 * torch.randn(40, 16), X[i] + 0.3 * torch.randn(40, 16)
        loss = nt_xent(enc(v1), enc(v2))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(ep, loss.item())
