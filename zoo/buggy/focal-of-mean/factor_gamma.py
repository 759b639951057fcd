"""A focal loss of two classes, written out."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def focal_loss_sigmoid(labels, logits, alpha=0.25, gamma=2):
    y_pred = torch.sigmoid(logits)
    labels = labels.float()
    pos = -labels * alpha * ((1 - y_pred) * gamma) * torch.log(y_pred + 1e-8)  # bug
    pos = -labels * alpha * ((1 - y_pred) ** gamma) * torch.log(y_pred + 1e-8)  # fix
    neg = -(1 - labels) * (1 - alpha) * (y_pred**gamma) * torch.log(1 - y_pred + 1e-8)
    return (pos + neg).mean()


x = torch.randn(1500, 12)
y = (x[:, 0] + x[:, 1] > 1.8).long()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    for b in torch.randperm(1200).split(60):
        loss = focal_loss_sigmoid(y[b], net(x[b]).squeeze(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, loss.item(), ((net(x[1200:]).squeeze(1) > 0) == y[1200:]).float().mean().item())
