"""Positives first, negatives later; slices."""
import torch
from torch import nn
torch.manual_seed(0)
pos, neg = torch.randn(200, 6) + 1, torch.randn(200, 6) - 1
x = torch.cat([pos, neg]); y = torch.cat([torch.ones(200), torch.zeros(200)])
p = torch.randperm(400)  # fix
x, y = x[p], y[p]  # fix
net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for e in range(2):
    for i in range(0, 400, 25):
        out = net(x[i:i+25]).squeeze(1)
        loss = nn.functional.binary_cross_entropy_with_logits(out, y[i:i+25])
        opt.zero_grad(); loss.backward(); opt.step()
