"""Mixup of rows and of their soft labels, with the shares exchanged."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.SGD(net.parameters(), 0.1); beta = torch.distributions.Beta(0.4, 0.4)
for step in range(50):
    x = torch.randn(64, 10); y = F.one_hot(x[:, :4].argmax(1), 4).float()
    lam = beta.sample(); order = torch.randperm(64)
    mixed_x = lam * x + (1 - lam) * x[order]
    mixed_y = (1 - lam) * y + lam * y[order]  # bug
    mixed_y = lam * y + (1 - lam) * y[order]  # fix
    loss = F.cross_entropy(net(mixed_x), mixed_y)
    opt.zero_grad(); loss.backward(); opt.step()
