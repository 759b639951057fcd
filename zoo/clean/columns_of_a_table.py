"""Columns chosen by an index of their own: as many as rows, of a wide output, and a few, against targets of rows."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(8, 64)
opt = torch.optim.Adam(net.parameters(), 1e-2)
x = torch.randn(320, 8)
levels = torch.randn(64)
order = torch.randperm(64)[:32]
for step in range(60):
    rows = torch.randint(0, 320, (32,))
    out = net(x[rows])
    chosen = out[:, order]
    few = out[:, torch.tensor([0, 3, 5])]
    loss = (chosen - levels[order]).pow(2).mean() + (few - x[rows, :1]).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
