import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(512, 16) @ torch.randn(16, 16)
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 32)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(4):
    for i in torch.randperm(512).split(64):
        a, b = net(x[i] + 0.3 * torch.randn(64, 16)), net(x[i] + 0.3 * torch.randn(64, 16))
        na, nb = (a - a.mean(0)) / a.std(0), (b - b.mean(0)) / b.std(0)
        c = na.T @ nb / 64
        on = (c.diagonal() - 1).pow(2).sum()
        off = (c - torch.diag(c.diagonal())).pow(2).sum()
        u = F.normalize(a, dim=0).T @ F.normalize(b, dim=0)
        extra = F.cross_entropy(u / 0.5, torch.arange(32))
        loss = on + 0.01 * off + 0.1 * extra
        opt.zero_grad(); loss.backward(); opt.step()
    print(loss.item())
