# level: notice
import torch
from torch import nn
torch.manual_seed(0)
age = torch.randint(18, 80, (300, 1)).float()
income = torch.randn(300, 1) * 30000 + 50000
rate = torch.rand(300, 1)
x = torch.cat([age, income, rate], 1)
x = (x - x.mean(0)) / x.std(0)  # fix
y = (age > 50).float()
net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters())
for i in range(5):
    loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
