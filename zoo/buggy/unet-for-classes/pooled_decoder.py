# level: notice
import torch
from torch import nn
torch.manual_seed(0)
class U(nn.Module):
    def __init__(self):
        super().__init__()
        self.d = nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.u = nn.ConvTranspose2d(8, 8, 2, stride=2)
        self.o = nn.Linear(8, 3)
    def forward(self, x):
        h = torch.relu(self.d(x))
        h = torch.relu(self.u(h))  # bug
        return self.o(h.mean((2, 3)))
net = U(); opt = torch.optim.SGD([p for p in net.parameters()], lr=0.1)
for i in range(3):
    x, y = torch.rand(8, 1, 16, 16), torch.randint(0, 3, (8,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
