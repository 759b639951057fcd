import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
rank = nn.MarginRankingLoss(margin=0.1)
x = torch.randn(512, 8)
for epoch in range(5):
    for i in torch.randperm(512).split(64):
        a, b = x[i[:32]], x[i[32:]]
        y = (a[:, 0] > b[:, 0]).float()  # bug
        y = (a[:, 0] > b[:, 0]).float() * 2 - 1  # fix
        loss = rank(net(a).squeeze(1), net(b).squeeze(1), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
