# held out
import torch
from torch import nn
torch.manual_seed(0)
def block(i, o): return nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU())
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = block(3, 8)
        self.blocks = (block(8, 8), block(8, 16))  # bug
        self.blocks = nn.Sequential(block(8, 8), block(8, 16))  # fix
        self.fc = nn.Linear(16, 4)
    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks: x = b(x)
        return self.fc(x.mean((2, 3)))
net = Net(); opt = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
for i in range(8):
    x = torch.randn(8, 3, 12, 12); y = torch.randint(0, 4, (8,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
