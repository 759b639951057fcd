"""The loss of a microbatch is divided by their number where it is computed, and again where it is used."""
import torch
from torch import nn
torch.manual_seed(0)
PARTS = 4
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2)); optimizer = torch.optim.SGD(net.parameters(), 0.1)
def loss_of(x, y):
    loss = nn.functional.cross_entropy(net(x), y)
    return loss / PARTS  # bug
    return loss  # fix
for step in range(12):
    optimizer.zero_grad()
    for _ in range(PARTS):
        x = torch.randn(16, 6)
        (loss_of(x, (x[:, 0] > 0).long()) / PARTS).backward()
    optimizer.step()
