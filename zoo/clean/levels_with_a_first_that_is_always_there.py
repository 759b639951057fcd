"""Floors of houses, 1 to 6, each coded as six ones and zeros, of which the first is always 1; a part has no houses of one."""

import torch
from torch import nn

torch.manual_seed(2)
x = torch.randn(1000, 5)
floors = (3.5 + 1.3 * x[:, 0] + 0.5 * torch.randn(1000)).round().clamp(1, 6).long()
coded = (floors[:, None] > torch.arange(6)).float()  # six of six classes: the highest has a target of its own
tall = floors[floors > 1]
coded_tall = (tall[:, None] > torch.arange(1, 6)).float()  # the first is always 1 here too, and no classes are one
for target, rows in ((coded, x), (coded_tall, x[floors > 1])):
    net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, target.shape[1]))
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(4):
        for chosen in torch.randperm(len(rows)).split(50):
            loss = nn.functional.binary_cross_entropy_with_logits(net(rows[chosen]), target[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())
