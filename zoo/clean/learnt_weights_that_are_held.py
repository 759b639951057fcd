"""Learnt weights of tasks in three right notations: spreads with their logarithms, a product under one, and shares by a softmax."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2)); sigma, spread, shares = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2)), nn.Parameter(torch.zeros(2))
opt = torch.optim.Adam([*net.parameters(), sigma, spread, shares], 5e-3)
for step in range(60):
    x = torch.randn(48, 6); out = net(x); a, b = (out[:, 0] - x.sum(1)).square().mean(), (out[:, 1] - x[:, 0] * x[:, 1]).abs().mean()
    first = a / (2 * sigma[0] ** 2) + b / (2 * sigma[1] ** 2) + torch.log(sigma[0]) + torch.log(sigma[1])
    second = 0.5 * a / spread[0] ** 2 + 0.5 * b / spread[1] ** 2 + torch.log(spread.prod())
    weight = torch.softmax(shares, 0); third = weight[0] * a + weight[1] * b
    opt.zero_grad(); (first + second + third).backward(); opt.step()
print(sigma.tolist(), spread.tolist())
