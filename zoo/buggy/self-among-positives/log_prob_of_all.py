"""Supervised contrast of small spectra: all rows of a class are positives of each other."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
y = torch.randint(0, 5, (600,)); x = torch.eye(5)[y].repeat_interleave(6, 1) + 0.7 * torch.randn(600, 30)
net = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 16)); opt = torch.optim.Adam(net.parameters(), 1e-3)
def contrast(z, y, t=0.2):
    alike = z @ z.T / t; eye = torch.eye(len(z))
    log_share = alike - torch.log((alike.exp() * (1 - eye)).sum(1, keepdim=True))
    same = (y[:, None] == y[None, :]).float()  # bug
    same = (y[:, None] == y[None, :]).float() * (1 - eye)  # fix
    return -((same * log_share).sum(1) / same.sum(1).clamp(min=1)).mean()
for epoch in range(8):
    for rows in torch.randperm(600).split(60):
        loss = contrast(F.normalize(net(x[rows]), dim=1), y[rows]); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
