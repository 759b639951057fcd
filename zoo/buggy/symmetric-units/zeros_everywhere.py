"""All weights begin at zero: only the last bias ever moves."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 1))
for name, param in net.named_parameters():
    nn.init.zeros_(param)  # bug
    nn.init.normal_(param, std=0.2)  # fix
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(20):
    x = torch.randn(32, 5)
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
    optimizer.step()
