"""Weights with decay and biases without are two groups; a straight line by hand."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
weights = [p for p in net.parameters() if p.dim() > 1]
biases = [p for p in net.parameters() if p.dim() == 1]
optimizer = torch.optim.AdamW([{"params": weights, "weight_decay": 0.01}, {"params": biases, "weight_decay": 0.0}], lr=1e-2)
for step in range(60):
    lr = 1e-2 * (1 - step / 60)
    optimizer.param_groups[0]["lr"] = lr  # bug
    for group in optimizer.param_groups:  # fix
        group["lr"] = lr  # fix
    x = torch.randn(32, 6)
    loss = (net(x) - x[:, :1] * x[:, 1:2]).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
