import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
criterion = nn.BCEWithLogitsLoss()
x = torch.randn(256, 6)
y = (x[:, 0] > 0).float()
for epoch in range(4):
    for i in torch.randperm(256).split(32):
        out = net(x[i]).squeeze(1)
        loss = criterion(y[i], out)  # bug
        loss = criterion(out, y[i])  # fix
        opt.zero_grad()
        loss.backward()
        opt.step()
