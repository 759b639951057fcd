"""Layers are unfrozen after a warm-up, and the optimiser of the warm-up goes on (level: warning)."""
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(512, 10); y = (x[:, 0] * x[:, 1] > 0).long(); z = (x[:, 2] * x[:, 1] > 0).long()
body = nn.Sequential(nn.Linear(10, 32), nn.ReLU()); net = nn.Sequential(body, nn.Linear(32, 2))
def fit(labels, opt, steps):
    for _ in range(steps):
        i = torch.randint(0, 512, (64,)); loss = nn.functional.cross_entropy(net(x[i]), labels[i])
        net.zero_grad(); loss.backward(); opt.step()
fit(y, torch.optim.Adam(net.parameters(), 3e-3), 30)
body.requires_grad_(False); opt = torch.optim.Adam((p for p in net.parameters() if p.requires_grad), 3e-3)
fit(z, opt, 20)
body.requires_grad_(True)
opt.add_param_group({"params": list(body.parameters())})  # fix
net.train(); fit(z, opt, 60)
