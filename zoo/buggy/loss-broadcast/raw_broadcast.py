import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.randn(300, 5)
y = x[:, 0] * 2 - x[:, 1]
for epoch in range(8):
    for i in torch.randperm(300).split(50):
        pred = net(x[i])  # bug
        pred = net(x[i]).squeeze(1)  # fix
        loss = ((pred - y[i]) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
