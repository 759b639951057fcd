import torch
from torch import nn
torch.manual_seed(0)
class U(nn.Module):
    def __init__(self):
        super().__init__()
        self.d1 = nn.Conv2d(1, 8, 3, padding=1); self.d2 = nn.Conv2d(8, 16, 3, 2, 1); self.u = nn.ConvTranspose2d(16, 8, 2, 2); self.o = nn.Conv2d(16, 2, 1)
    def forward(self, x):
        a = self.d1(x).relu(); b = self.d2(a).relu()
        return self.o(torch.cat([a, self.u(b).relu()], 1))
net = U(); opt = torch.optim.Adam(net.parameters(), 1e-3)
for i in range(10):
    x = torch.rand(4, 1, 16, 16); y = (x[:, 0] > 0.5).long()
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
