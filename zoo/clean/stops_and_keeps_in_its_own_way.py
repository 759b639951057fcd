"""Three habits that look like mistakes: a budget of bad epochs, a score of the epoch before, a baseline without a net."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 10)
y = (x[:, 0] * x[:, 1] + 0.5 * x[:, 2] + 0.3 * torch.randn(900) > 0).long()
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
order = torch.randperm(900)
test_x, train_x = x[order[:200]], x[order]
train_x, test_y = train_x[200:], y[order[:200]]
train_y = y[order][200:]
best, waited, before = float("inf"), 0, float("inf")
names = ["loss"]
names.append("rate")


def score():
    net.eval()
    with torch.no_grad():
        loss = nn.functional.cross_entropy(net(test_x), test_y).item()
    net.train()
    return loss


for epoch in range(30):
    for rows in torch.randperm(700).split(50):
        loss = nn.functional.cross_entropy(net(train_x[rows]), train_y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    now = score()
    if now > before:
        for group in opt.param_groups:
            group["lr"] *= 0.9
    before = now
    if now < best:
        best, waited, kept = now, 0, copy.deepcopy(net.state_dict())
    else:
        waited += 1
        if waited >= 6:
            break
net.load_state_dict(kept)
print(dict(zip(names, (best, opt.param_groups[0]["lr"]))))
