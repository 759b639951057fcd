import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for i in range(10):
    x = torch.randn(16, 4)
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    nn.utils.clip_grad_value_(net.parameters(), 0.1)  # bug
    loss.backward()
    nn.utils.clip_grad_value_(net.parameters(), 0.1)  # fix
    opt.step()
