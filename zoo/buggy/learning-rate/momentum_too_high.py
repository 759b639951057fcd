import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)); x = torch.randn(600, 8); y = x[:, :3].argmax(1)
opt = torch.optim.SGD(net.parameters(), lr=20.0, momentum=0.9)  # bug
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)  # fix
for s in range(100):
    j = torch.randint(0, 600, (50,)); loss = nn.functional.cross_entropy(net(x[j]), y[j]); opt.zero_grad(); loss.backward(); opt.step()
