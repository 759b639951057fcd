"""VICReg whose variance is that of a row."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3); rows = torch.randn(640, 8)
for step in range(50):
    x = rows[torch.randint(0, 640, (64,))]; a, b = net(x + 0.1 * torch.randn_like(x)), net(x + 0.1 * torch.randn_like(x)); cov = 0
    var = sum(torch.relu(1 - (z.var(dim=1) + 1e-4).sqrt()).mean() for z in (a, b))  # bug
    var = sum(torch.relu(1 - (z.var(dim=0) + 1e-4).sqrt()).mean() for z in (a, b))  # fix
    for z in (a, b):
        z = z - z.mean(0); c = (z.t() @ z) / 63; cov = cov + (c - torch.diag(c.diag())).pow(2).sum() / 16
    loss = 25 * nn.functional.mse_loss(a, b) + 25 * var + cov; opt.zero_grad(); loss.backward(); opt.step()
