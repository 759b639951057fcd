"""Per-pixel classes, softmax over channels, CrossEntropyLoss2d."""
import torch
from torch import nn
torch.manual_seed(0)
class Seg(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, k, 1)
    def forward(self, x):
        z = self.b(torch.relu(self.a(x)))
        return torch.softmax(z, 1)  # bug
        return z  # fix
net = Seg(5)
crit = nn.CrossEntropyLoss(weight=torch.ones(5), ignore_index=255)
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for i in range(6):
    x = torch.rand(4, 3, 16, 16)
    y = torch.randint(0, 5, (4, 16, 16))
    opt.zero_grad()
    crit(net(x), y).backward()
    opt.step()
