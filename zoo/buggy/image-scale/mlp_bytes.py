import torch
from torch import nn
torch.manual_seed(0)
x = torch.randint(0, 256, (300, 784)).float()
x /= 255  # fix
y = torch.randint(0, 10, (300,))
net = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.Adam(net.parameters())
for i in range(6):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
