"""A focal loss for rare positives whose weight is pt ** gamma, not (1 - pt) ** gamma."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(1500, 10)
y = (x[:, 0] + x[:, 1] > 2).float()


def focal_loss(logits, target, alpha=0.75, gamma=2.0):
    ce = nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    p = torch.sigmoid(logits)
    pt = p * target + (1 - p) * (1 - target)
    weight = alpha * target + (1 - alpha) * (1 - target)
    return (weight * pt ** gamma * ce).mean()  # bug
    return (weight * (1 - pt) ** gamma * ce).mean()  # fix


net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(5):
    for rows in torch.randperm(1500).split(100):
        loss = focal_loss(net(x[rows])[:, 0], y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
