import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x, y = torch.randn(256, 6), None
y = x[:, :3].argmax(1)
xv = torch.randn(64, 6)
yv = xv[:, :3].argmax(1)
for epoch in range(6):
    net.train()
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.training = False  # bug
    net.eval()  # fix
    with torch.no_grad():
        acc = (net(xv).argmax(1) == yv).float().mean()
