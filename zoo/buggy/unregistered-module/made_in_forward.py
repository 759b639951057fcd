"""A layer made anew in each forward."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(5, 10)
        self.proj = nn.Linear(10, 10)  # fix
        self.b = nn.Linear(10, 2)
    def forward(self, x):
        h = torch.relu(self.a(x))
        h = torch.relu(nn.Linear(10, 10)(h))  # bug
        h = torch.relu(self.proj(h))  # fix
        return self.b(h)
net = Net(); opt = torch.optim.Adam(net.parameters())
x, y = torch.randn(60, 5), torch.randint(0, 2, (60,))
for i in range(8):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
