# held out
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self): super().__init__(); self.c = nn.Conv2d(3, 8, 3, stride=2); self.l = nn.Linear(8, 2)
    def forward(self, img):
        x = img.float()  # bug
        x = img.float().div(127.5).sub(1)  # fix
        return self.l(torch.relu(self.c(x)).amax((2, 3)))
net = Net(); opt = torch.optim.Adam(net.parameters())
for s in range(6):
    x = torch.randint(0, 256, (16, 3, 20, 20), dtype=torch.uint8); y = torch.randint(0, 2, (16,))
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
