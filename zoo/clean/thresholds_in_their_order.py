"""Conditions that look as if one stood in the other's way, and do not."""
import torch
from torch import nn

LATE, EARLY = 9, 4


def rate_of(epoch, plateaus):
    if epoch >= LATE:
        return 1e-3
    elif epoch >= EARLY and plateaus > 1:
        return 3e-3
    elif epoch >= EARLY:
        return 5e-3
    elif plateaus >= 9:
        return 4e-3
    return 1e-2


def stage_of(epoch):
    stage = "begin"
    if epoch >= 3:
        stage = "middle"
    if epoch >= 8:
        stage = "end"
    if epoch >= 8 and stage == "begin":
        stage = "never"
    return stage


def grade(error):
    grades = [letter for limit, letter in ((0.1, "a"), (0.3, "b")) if error < limit]
    if 0.3 <= error < 0.6:
        grades.append("c")
    if error >= 0.3:
        grades.append("poor")
    return grades


torch.manual_seed(1)
x = torch.randn(400, 5)
y = x[:, 0].sin() + x[:, 1] * x[:, 2] + 0.1 * torch.randn(400)
net = nn.Sequential(nn.Linear(5, 40), nn.Tanh(), nn.Linear(40, 1))
optimizer = torch.optim.Adam(net.parameters())
best, plateaus = 9.0, 0
for epoch in range(12):
    optimizer.param_groups[0]["lr"] = rate_of(epoch, plateaus)
    for rows in torch.randperm(320).split(20):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x[rows]).squeeze(1), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        error = nn.functional.mse_loss(net(x[320:]).squeeze(1), y[320:]).item()
    if error < best:
        best = error
    elif error >= best:
        plateaus += 1
    print(epoch, stage_of(epoch), f"{error:.3f}", grade(error))
