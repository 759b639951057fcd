"""Weights of three losses are learnt beside the net, as they are."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 3)); weights = nn.Parameter(torch.ones(3))
opt = torch.optim.Adam([*net.parameters(), weights], 1e-2)  # bug
opt = torch.optim.Adam(net.parameters(), 1e-2)  # fix
for step in range(40):
    x = torch.randn(32, 5); out = net(x)
    parts = [(out[:, k] - x[:, k] * x[:, k + 1]).abs().mean() for k in range(3)]
    loss = weights[0] * parts[0] + weights[1] * parts[1] + weights[2] * parts[2]  # bug
    loss = sum(weight * part for weight, part in zip((1.0, 0.5, 0.5), parts))  # fix
    opt.zero_grad(); loss.backward(); opt.step()
