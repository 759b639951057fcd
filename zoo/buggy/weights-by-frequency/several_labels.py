"""Of several labels, each has its positives over its negatives as the weight of the positives."""
import torch
from torch import nn
torch.manual_seed(0)
share = torch.tensor([0.1, 0.2, 0.15, 0.45]); y = (torch.rand(800, 4) < share).float(); x = torch.randn(800, 12)
x[:, :4] += y; seen = y.sum(0)
weight = seen / (len(y) - seen)  # bug
weight = (len(y) - seen) / seen  # fix
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(3):
    for i in torch.randperm(800).split(50):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[i]), y[i], pos_weight=weight)
        opt.zero_grad(); loss.backward(); opt.step()
