"""NLLLoss on the raw outputs of the net."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 6))
net.append(nn.LogSoftmax(dim=1))  # fix
opt = torch.optim.SGD(net.parameters(), lr=0.01)
loss_fn = nn.NLLLoss()
x, y = torch.randn(200, 16), torch.randint(0, 6, (200,))
for i in range(10):
    opt.zero_grad()
    loss = loss_fn(net(x), y)
    loss.backward()
    opt.step()
    print(loss.item())
