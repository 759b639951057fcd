"""A mean and the logarithm of a variance for each row."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(600, 1) * 4 - 2
y = x.sin() + 0.1 * (1 + x.abs()) * torch.randn(600, 1)
net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(10):
    for rows in torch.randperm(600).split(50):
        mean, log_var = net(x[rows]).chunk(2, 1)
        log_var = log_var.clamp(-6, 4)
        precision = torch.exp(-log_var)
        loss = (0.5 * precision * (y[rows] - mean) ** 2 - 0.5 * log_var).mean()  # bug
        loss = (0.5 * precision * (y[rows] - mean) ** 2 + 0.5 * log_var).mean()  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
