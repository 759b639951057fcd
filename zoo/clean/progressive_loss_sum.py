"""Losses of a window are summed, one backward over the sum."""
import torch
from torch import nn
torch.manual_seed(0)
cell, head = nn.GRUCell(3, 12), nn.Linear(12, 1); opt = torch.optim.Adam([*cell.parameters(), *head.parameters()], 1e-2)
for s in range(20):
    h = torch.zeros(8, 12); total = 0
    xs = torch.randn(10, 8, 3)
    for x in xs:
        h = cell(x, h); total = total + nn.functional.mse_loss(head(h), x.sum(1, keepdim=True))
    opt.zero_grad(); (total / 10).backward(); opt.step()
