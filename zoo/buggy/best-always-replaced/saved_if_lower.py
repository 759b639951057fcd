"""The weights of the lowest validation loss are to be kept; the lowest loss is that of the epoch before."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
lowest = float("inf")
for epoch in range(25):
    for rows in torch.randperm(600).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        valid = nn.functional.cross_entropy(net(x[600:]), y[600:]).item()
    if valid < lowest:
        kept = copy.deepcopy(net.state_dict())
        lowest = valid  # fix
    lowest = valid  # bug
net.load_state_dict(kept)
with torch.no_grad():
    print(nn.functional.cross_entropy(net(x[600:]), y[600:]).item())
