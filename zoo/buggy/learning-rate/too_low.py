import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.SGD(net.parameters(), lr=1e-7)  # bug
opt = torch.optim.SGD(net.parameters(), lr=1e-1)  # fix
x = torch.randn(400, 10); y = x[:, :4].argmax(1)
for i in range(80):
    j = torch.randint(0, 400, (64,))
    loss = nn.functional.cross_entropy(net(x[j]), y[j])
    opt.zero_grad(); loss.backward(); opt.step()
