import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.2)
x = torch.randn(256, 6)
y = x[:, :3].argmax(1)
for epoch in range(6):
    if epoch in (2, 4):
        opt.lr = 0.2 * 0.1 ** (epoch // 2)  # bug
        opt.param_groups[0]["lr"] = 0.2 * 0.1 ** (epoch // 2)  # fix
    for i in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
