"""Frozen layers, with the attribute written in another way."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Conv1d(2, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 8, 2))
for name, weight in net.named_parameters():
    if name.startswith("0."):
        weight.requires_Grad = False  # bug
        weight.requires_grad = False  # fix
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for _ in range(15):
    x = torch.randn(16, 2, 10)
    loss = nn.functional.cross_entropy(net(x), (x.mean((1, 2)) > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
