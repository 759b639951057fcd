import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 4))
opt = torch.optim.Adam(net.parameters(), lr=5.0)  # bug
opt = torch.optim.Adam(net.parameters(), lr=5e-3)  # fix
x = torch.randn(400, 10); y = x[:, :4].argmax(1)
for i in range(120):
    j = torch.randint(0, 400, (64,))
    loss = nn.functional.cross_entropy(net(x[j]), y[j])
    opt.zero_grad(); loss.backward(); opt.step()
