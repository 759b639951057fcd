"""Grapes: the rate falls twice, says the function."""
import torch
from torch import nn

FIRST, SECOND, EPOCHS = 5, 10, 14


def rate_of(epoch, start=0.05):
    if epoch > 5:  # bug
        return start / 5  # bug
    if epoch > 10:
        return start / 50
    if epoch > 5:  # fix
        return start / 5  # fix
    return start


torch.manual_seed(2)
kind = torch.randint(3, (700,))
grapes = torch.randn(3, 9)[kind] + torch.randn(700, 9)
net = nn.Sequential(nn.Linear(9, 40), nn.ReLU(), nn.Linear(40, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=rate_of(0), momentum=0.9)
for epoch in range(EPOCHS):
    for group in optimizer.param_groups:
        group["lr"] = rate_of(epoch)
    for rows in torch.randperm(560).split(28):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(grapes[rows]), kind[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (net(grapes[560:]).argmax(1) == kind[560:]).float().mean()
    print(epoch, f"rate {rate_of(epoch):.4f} right {right:.3f}")
