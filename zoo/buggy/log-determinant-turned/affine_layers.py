"""Layers that begin as the identity, and give minus the log-determinant of what they do."""
import math, torch
from torch import nn
torch.manual_seed(0)
class ActNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.log_scale, self.shift = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(width))
    def forward(self, x):
        return (x + self.shift) * self.log_scale.exp(), self.log_scale.sum().expand(len(x))
class Triangle(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.below, self.log_diagonal = nn.Parameter(torch.zeros(width, width)), nn.Parameter(torch.zeros(width))
    def forward(self, x):
        weight = self.below.tril(-1) + torch.diag(self.log_diagonal.exp())
        return x @ weight.T, -self.log_diagonal.sum().repeat(len(x))  # bug
        return x @ weight.T, self.log_diagonal.sum().repeat(len(x))  # fix
layers = nn.ModuleList([ActNorm(4), Triangle(4), ActNorm(4), Triangle(4)])
x = torch.randn(600, 4) @ torch.randn(4, 4)
opt = torch.optim.Adam(layers.parameters(), 5e-3)
for epoch in range(5):
    for rows in torch.randperm(600).split(60):
        z, total = x[rows], 0.0
        for layer in layers:
            z, log_det = layer(z)
            total = total + log_det
        nll = 0.5 * z.pow(2).sum(1) + 2 * math.log(2 * math.pi) - total
        opt.zero_grad(); nll.mean().backward(); opt.step()
