"""SimCLR: one disturbed copy of each row is given to the net twice."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(12, 48), nn.ReLU(), nn.Linear(48, 8)); opt = torch.optim.Adam(enc.parameters(), 1e-3); x_all = torch.randn(480, 12)
def augment(x): return x * (torch.rand_like(x) > 0.2) + 0.1 * torch.randn_like(x)
for epoch in range(4):
    for x in x_all[torch.randperm(480)].split(40):
        view = augment(x)  # bug
        z1, z2 = F.normalize(enc(view), dim=1), F.normalize(enc(view.clone()), dim=1)  # bug
        z1, z2 = F.normalize(enc(augment(x)), dim=1), F.normalize(enc(augment(x)), dim=1)  # fix
        logits = z1 @ z2.t() / 0.2
        loss = F.cross_entropy(logits, torch.arange(len(x))) + F.cross_entropy(logits.t(), torch.arange(len(x)))
        opt.zero_grad(); loss.backward(); opt.step()
