import copy
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
online = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 8)); pred = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))
target = copy.deepcopy(online)
opt = torch.optim.Adam([*online.parameters(), *pred.parameters()], 1e-3)
for i in range(25):
    x = torch.randn(32, 8); a, b = x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x)
    with torch.no_grad():
        tb = target(b)
    loss = 2 - 2 * F.cosine_similarity(pred(online(a)), tb, dim=1).mean()
    opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        for t, o in zip(target.parameters(), online.parameters()):
            t.mul_(0.99).add_(o, alpha=0.01)
