"""Probabilities as targets of cross-entropy, mixup."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.SGD(net.parameters(), 0.1)
for i in range(25):
    x = torch.randn(64, 10); y = F.one_hot(x[:, :4].argmax(1), 4).float()
    lam = torch.distributions.Beta(0.4, 0.4).sample(); p = torch.randperm(64)
    loss = F.cross_entropy(net(lam * x + (1 - lam) * x[p]), lam * y + (1 - lam) * y[p])
    opt.zero_grad(); loss.backward(); opt.step()
