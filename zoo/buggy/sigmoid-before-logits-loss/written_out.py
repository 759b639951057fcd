"""1 / (1 + exp(-x)) by hand, squeezed."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(9, 18), nn.LeakyReLU(), nn.Linear(18, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
loss_fn = nn.BCEWithLogitsLoss()
for i in range(15):
    x = torch.randn(64, 9)
    y = (x.sum(1) > 0).float()
    z = net(x)
    z = 1 / (1 + torch.exp(-z))  # bug
    loss = loss_fn(z.squeeze(1), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
