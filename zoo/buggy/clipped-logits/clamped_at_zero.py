"""The last layer's output is clamped at zero, as a ReLU would."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(40):
    x = torch.randn(32, 6)
    logits = net(x).clamp(min=0)  # bug
    logits = net(x)  # fix
    loss = nn.functional.cross_entropy(logits, x[:, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
