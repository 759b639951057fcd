"""A loss of its own for several tasks: both terms of a task fall as its parameter falls."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class MultiTaskLoss(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.eta = nn.Parameter(torch.zeros(tasks))

    def forward(self, losses):
        total = 0
        for loss, eta in zip(losses, self.eta):
            total = total + loss * torch.exp(eta) + eta  # bug
            total = total + loss * torch.exp(-eta) + eta  # fix
        return total


trunk = nn.Sequential(nn.Linear(6, 32), nn.Tanh())
depth, normal = nn.Linear(32, 1), nn.Linear(32, 3)
weigh = MultiTaskLoss(2)
optimizer = torch.optim.AdamW([p for m in (trunk, depth, normal, weigh) for p in m.parameters()], lr=5e-3)
for step in range(40):
    x = torch.randn(48, 6)
    h = trunk(x)
    losses = [F.l1_loss(depth(h), x.sum(1, keepdim=True)), F.mse_loss(normal(h), x[:, :3] * x[:, 3:])]
    loss = weigh(losses)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
