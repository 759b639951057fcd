"""Weights in the order in which classes are met, not in that of their numbers."""
import torch
from torch import nn
torch.manual_seed(0)
y = torch.multinomial(torch.tensor([0.05, 0.15, 0.8]), 1500, replacement=True); x = torch.randn(1500, 8) + y[:, None]
seen = {}
for k in y.tolist(): seen[k] = seen.get(k, 0) + 1
seen = dict(sorted(seen.items(), key=lambda item: -item[1]))
weight = torch.tensor([len(y) / n for n in seen.values()])  # bug
weight = torch.tensor([len(y) / seen[k] for k in range(3)])  # fix
net = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(3):
    for i in torch.randperm(1500).split(100):
        loss = nn.functional.cross_entropy(net(x[i]), y[i], weight)
        opt.zero_grad(); loss.backward(); opt.step()
