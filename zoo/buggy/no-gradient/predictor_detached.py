"""SimSiam whose gradients are stopped behind the predictor, so that it stays as it was made."""
import torch
from torch import nn
from torch.nn import functional as F
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16)); pred = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 16))
opt = torch.optim.SGD([*enc.parameters(), *pred.parameters()], lr=0.05, momentum=0.9); data = torch.randn(512, 16)
for epoch in range(4):
    for i in torch.randperm(512).split(64):
        a, b = (data[i] + 0.1 * torch.randn(64, 16) for _ in range(2)); z1, z2 = enc(a), enc(b); p1, p2 = pred(z1), pred(z2)
        loss = -(F.cosine_similarity(p1.detach(), z2).mean() + F.cosine_similarity(p2.detach(), z1).mean()) / 2  # bug
        loss = -(F.cosine_similarity(p1, z2.detach()).mean() + F.cosine_similarity(p2, z1.detach()).mean()) / 2  # fix
        opt.zero_grad(); loss.backward(); opt.step()
