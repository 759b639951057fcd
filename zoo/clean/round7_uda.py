import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(900, 12); y = (x[:, :2].sum(1) > 0).long()
net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 2)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(60):
    i, u = torch.randint(0, 60, (30,)), torch.randint(60, 800, (120,))
    sup = F.cross_entropy(net(x[i]), y[i])
    with torch.no_grad():
        target = F.softmax(net(x[u]) / 0.4, dim=1)
        confident = (target.max(1).values > 0.8).float()
    log_p = F.log_softmax(net(x[u] + 0.2 * torch.randn(120, 12)), dim=1)
    unsup = (F.kl_div(log_p, target, reduction="none").sum(1) * confident).mean()
    loss = sup + unsup
    opt.zero_grad(); loss.backward(); opt.step()
with torch.no_grad(): print((net(x[800:]).argmax(1) == y[800:]).float().mean().item())
