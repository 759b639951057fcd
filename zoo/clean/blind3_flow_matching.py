"""Correct: flow matching."""
import torch
import torch.nn as nn
torch.manual_seed(83)
v = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(v.parameters(), lr=0.002)
data = torch.randn(800, 2) * 0.2 + torch.tensor([1.0, 2.0])
for it in range(90):
    x1 = data[torch.randint(800, (64,))]
    x0 = torch.randn(64, 2)
    t = torch.rand(64, 1)
    loss = (v(torch.cat([(1 - t) * x0 + t * x1, t], 1)) - (x1 - x0)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
