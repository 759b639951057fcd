"""A grid of cells with an objectness: cells without an object are drawn to a box of zeros."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 5, 3, 2, 1)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for step in range(40):
    x = torch.rand(8, 3, 24, 24)
    there = (torch.rand(8, 6, 6) < 0.1).float()
    where = torch.rand(8, 6, 6, 4) * there.unsqueeze(-1)
    out = net(x).permute(0, 2, 3, 1)
    found = nn.functional.binary_cross_entropy_with_logits(out[..., 0], there)
    error = nn.functional.l1_loss(out[..., 1:], where, reduction="none")
    placed = error.mean()  # bug
    placed = (error * there.unsqueeze(-1)).sum() / (4 * there.sum().clamp(min=1))  # fix
    opt.zero_grad(); (found + placed).backward(); opt.step()
