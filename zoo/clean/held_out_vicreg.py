# held out
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
for k in range(20):
    x = torch.randn(64, 8); a, b = net(x + 0.1 * torch.randn_like(x)), net(x + 0.1 * torch.randn_like(x))
    var = sum(torch.relu(1 - z.std(0)).mean() for z in (a, b)); cov = 0
    for z in (a, b):
        z = z - z.mean(0); c = (z.t() @ z) / 63; cov = cov + (c - torch.diag(c.diag())).pow(2).sum() / 16
    loss = 25 * nn.functional.mse_loss(a, b) + 25 * var + cov; opt.zero_grad(); loss.backward(); opt.step()
