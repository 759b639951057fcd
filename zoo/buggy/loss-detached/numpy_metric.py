"""The loss goes through numpy and comes back as a leaf."""
import numpy as np
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 9), nn.ReLU(), nn.Linear(9, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
x, y = torch.randn(50, 5), torch.randn(50, 1)
for i in range(10):
    out = net(x)
    loss = torch.tensor(np.mean((out.detach().numpy() - y.numpy()) ** 2), requires_grad=True)  # bug
    loss = ((out - y) ** 2).mean()  # fix
    opt.zero_grad()
    loss.backward()
    opt.step()
