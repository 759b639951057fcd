"""The weights of the best accuracy are saved where a flag says so; the flag and the record are both upside down."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()


def validate(net):
    with torch.no_grad():
        return (net(x[650:]).argmax(1) == y[650:]).float().mean().item()


net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=4e-3)
best_acc1 = 1.0  # bug
best_acc1 = 0.0  # fix
best = {"epoch": 0, "net": copy.deepcopy(net.state_dict())}
for epoch in range(15):
    for rows in torch.randperm(650).split(65):
        opt.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    acc1 = validate(net)
    is_best = acc1 < best_acc1  # bug
    best_acc1 = min(acc1, best_acc1)  # bug
    is_best = acc1 > best_acc1  # fix
    best_acc1 = max(acc1, best_acc1)  # fix
    if is_best:
        best = {"epoch": epoch, "net": copy.deepcopy(net.state_dict())}
print(best["epoch"], best_acc1)
