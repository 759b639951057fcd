# level: warning
import torch
from torch import nn
torch.manual_seed(0)
k = 4 + 1  # bug
k = 4  # fix
net = nn.Sequential(nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, k))
opt = torch.optim.Adam(net.parameters())
x = torch.randn(400, 6)
y = torch.randint(1, 5, (400,))
y = y - 1  # fix
for epoch in range(3):
    for i in range(0, 400, 40):
        loss = nn.CrossEntropyLoss()(net(x[i:i+40]), y[i:i+40])
        opt.zero_grad(); loss.backward(); opt.step()
