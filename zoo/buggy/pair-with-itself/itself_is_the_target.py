"""The target of each view is the view itself."""
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 16)); opt = torch.optim.Adam(enc.parameters(), 1e-3)
data = torch.randn(512, 32)
def aug(x): return x * (torch.rand_like(x) > .2) + .1 * torch.randn_like(x)
def info_nce(z, t=.2):
    n = z.shape[0] // 2
    sim = F.normalize(z) @ F.normalize(z).T / t
    labels = torch.arange(2 * n)  # bug
    sim.fill_diagonal_(float("-inf"))  # fix
    labels = torch.cat([torch.arange(n) + n, torch.arange(n)])  # fix
    return F.cross_entropy(sim, labels)
for e in range(6):
    for b in torch.randperm(512).split(64):
        v = torch.cat([aug(data[b]), aug(data[b])]); loss = info_nce(enc(v)); opt.zero_grad(); loss.backward(); opt.step()
    print(e, loss.item())
