"""A focal loss for rare classes, with their weights."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class FocalLoss(nn.Module):
    def __init__(self, weight=None, gamma=2.0):
        super().__init__()
        self.weight, self.gamma = weight, gamma

    def forward(self, input, target):
        ce_loss = F.cross_entropy(input, target, reduction="none", weight=self.weight)  # bug
        ce_loss = F.cross_entropy(input, target, reduction="none")  # fix
        pt = torch.exp(-ce_loss)
        return ((1 - pt) ** self.gamma * ce_loss).mean()  # bug
        return (self.weight[target] * (1 - pt) ** self.gamma * ce_loss).mean()  # fix


x = torch.randn(1500, 10)
score = x @ torch.randn(10, 3) + torch.tensor([2.5, 0.0, -1.0])
y = score.argmax(1)
counts = torch.bincount(y, minlength=3).float()
criterion = FocalLoss(weight=counts.sum() / (3 * counts))
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    for b in torch.randperm(1200).split(60):
        loss = criterion(net(x[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, loss.item(), (net(x[1200:]).argmax(1) == y[1200:]).float().mean().item())
