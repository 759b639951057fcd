import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 5))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x = torch.randn(256, 8)
y = (x[:, :5] > 0).float()
criterion = nn.BCELoss()
for epoch in range(5):
    for i in torch.randperm(256).split(32):
        p = net(x[i]).softmax(1)  # bug
        p = net(x[i]).sigmoid()  # fix
        loss = criterion(p, y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
