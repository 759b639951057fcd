"""zero_grad between backward and step."""
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x, y = torch.randn(80, 4), torch.randint(0, 2, (80,))
for i in range(20):
    opt.zero_grad()  # fix
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    opt.zero_grad()  # bug
    opt.step()
