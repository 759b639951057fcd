import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 2e-3 * 0.98**step)  # bug
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.98**step)  # fix
x = torch.randn(256, 8)
y = x[:, :3].argmax(1)
for step in range(80):
    rows = torch.randint(0, 256, (64,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
    optimizer.step()
    schedule.step()
