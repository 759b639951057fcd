# held out
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Cos(nn.Module):
    def __init__(self): super().__init__(); self.f = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16)); self.w = nn.Parameter(torch.randn(5, 16)); self.s = nn.Parameter(torch.tensor(10.0))
    def forward(self, x): return self.s * F.linear(F.normalize(self.f(x)), F.normalize(self.w))
net = Cos(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for k in range(25):
    x = torch.randn(64, 8); y = x[:, :5].argmax(1); opt.zero_grad(); F.cross_entropy(net(x), y).backward(); opt.step()
