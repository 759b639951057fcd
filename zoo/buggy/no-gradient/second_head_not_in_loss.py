"""Two heads, the loss uses one."""
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
        self.cls = nn.Linear(16, 3); self.box = nn.Linear(16, 4)
    def forward(self, x):
        h = self.body(x)
        return self.cls(h), self.box(h)
net = Net(); opt = torch.optim.Adam(net.parameters())
x, y, boxes = torch.randn(64, 8), torch.randint(0, 3, (64,)), torch.rand(64, 4)
for i in range(12):
    c, b = net(x)
    loss = nn.functional.cross_entropy(c, y)
    loss = loss + nn.functional.l1_loss(b, boxes)  # fix
    opt.zero_grad(); loss.backward(); opt.step()
