import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(512, 16); y = (x[:, 0] > 0).long()
enc = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 16)); opt = torch.optim.Adam(enc.parameters(), 1e-3)
for i in torch.randperm(512).split(64):
    a, b = enc(x[i] + 0.1 * torch.randn(64, 16)), enc(x[i] + 0.1 * torch.randn(64, 16))
    inv = F.mse_loss(a, b); var = F.relu(1 - (a.var(0) + 1e-4).sqrt()).mean() + F.relu(1 - (b.var(0) + 1e-4).sqrt()).mean()
    opt.zero_grad(); (25 * inv + 25 * var).backward(); opt.step()
n1 = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2)); n2 = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam([*n1.parameters(), *n2.parameters()], 2e-3)
for epoch in range(4):
    for i in torch.randperm(512).split(64):
        a, b = n1(x[i]), n2(x[i])
        loss = F.cross_entropy(a, y[i]) + F.cross_entropy(b, y[i]) + 0.5 * F.mse_loss(a, b)
        opt.zero_grad(); loss.backward(); opt.step()
    print(loss.item())
