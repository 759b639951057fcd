"""The hardest negatives are chosen among all documents, the right one included."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
q = torch.randn(320, 12); d = q[:, torch.randperm(12)] + 0.2 * torch.randn(320, 12)
a, b = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8)), nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
opt = torch.optim.Adam([*a.parameters(), *b.parameters()], 2e-3)
for epoch in range(12):
    for i in torch.randperm(320).split(40):
        s = F.normalize(a(q[i]), dim=1) @ F.normalize(b(d[i]), dim=1).T / 0.2
        right = s.diagonal()[:, None]
        others = s  # bug
        others = s.masked_fill(torch.eye(40, dtype=torch.bool), float("-inf"))  # fix
        loss = F.cross_entropy(torch.cat([right, others.topk(15, dim=1).values], 1), torch.zeros(40, dtype=torch.long))
        opt.zero_grad(); loss.backward(); opt.step()
