"""torch.abs(pred - y).mean() with shapes (N, 1) and (N,)."""
import torch
from torch import nn
torch.manual_seed(0)
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2 = nn.Linear(3, 12), nn.Linear(12, 1)
    def forward(self, x):
        out = self.l2(self.l1(x).relu())
        return out.flatten()  # fix
        return out
m = M()
o = torch.optim.SGD(m.parameters(), lr=0.01)
x = torch.rand(77, 3); y = x.sum(dim=1)
for k in range(25):
    o.zero_grad()
    l = torch.abs(y - m(x)).mean()
    l.backward()
    o.step()
