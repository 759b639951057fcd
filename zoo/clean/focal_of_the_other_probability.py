"""Focal losses in which pt is the probability of the wrong class, as some detectors write it, and of a softmax."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(1200, 10)
y = (x[:, 0] + x[:, 1] > 1.5).long()


def sigmoid_focal(logits, t, gamma):
    p = logits.sigmoid()
    pt = (1 - p) * t + p * (1 - t)
    return (F.binary_cross_entropy_with_logits(logits, t, reduction="none") * pt.pow(gamma)).mean()


def softmax_focal(logits, t, gamma):
    ce = F.cross_entropy(logits, t, reduction="none")
    pt = torch.exp(-ce)
    return ((1 - pt) ** gamma * ce).mean()


net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), 1e-3)
for epoch in range(6):
    for rows in torch.randperm(1200).split(100):
        out = net(x[rows])
        if epoch % 2:
            loss = softmax_focal(out, y[rows], gamma=2.0)
        else:
            loss = sigmoid_focal(out, F.one_hot(y[rows], 2).float(), gamma=2.0)
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
