# level: notice
import torch
from torch import nn
torch.manual_seed(0)
side = 128  # bug
side = 32  # fix
class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.ModuleList(nn.Conv2d(3 + 16 * i, 16, 3, padding=1) for i in range(6))
        self.o = nn.Linear(99, 2)
    def forward(self, x):
        for c in self.c:
            x = torch.cat([x, torch.relu(c(x))], 1)
        return self.o(x.mean((2, 3)))
net = Dense(); opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(2):
    x, y = torch.rand(12, 3, side, side), torch.randint(0, 2, (12,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
