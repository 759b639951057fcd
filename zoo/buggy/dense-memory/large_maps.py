# level: notice
import torch
from torch import nn
torch.manual_seed(0)
side = 128  # bug
side = 32  # fix
class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 200, 1)
        self.c = nn.ModuleList(nn.Conv2d(200 + 8 * i, 8, 1) for i in range(6))
        self.o = nn.Linear(248, 2)
    def forward(self, x):
        x = self.stem(x)
        for c in self.c:
            x = torch.cat([x, torch.relu(c(x))], 1)
        return self.o(x.mean((2, 3)))
net = Dense(); opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(2):
    x, y = torch.rand(4, 3, side, side), torch.randint(0, 2, (4,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
