import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1), nn.ReLU())
nn.init.constant_(net[2].bias, 3.0)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.randn(300, 5)
y = torch.poisson((x[:, :1] * 0.4 + 1).exp())
for epoch in range(8):
    for i in torch.randperm(300).split(30):
        loss = nn.functional.smooth_l1_loss(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
