import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 3))
nn.init.constant_(net[0].bias, -8.0)  # bug
with torch.no_grad():  # bug
    net[0].bias[:6] = 0  # bug
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(400, 10); y = x[:, :3].argmax(1)
for i in range(60):
    j = torch.randint(0, 400, (64,))
    loss = nn.functional.cross_entropy(net(x[j]), y[j])
    opt.zero_grad(); loss.backward(); opt.step()
