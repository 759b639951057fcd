# held out
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class MLP(nn.Module):
    def __init__(self): super().__init__(); self.a = nn.Linear(10, 20); self.b = nn.Linear(20, 4)
    def forward(self, x):
        x = self.b(torch.sigmoid(self.a(x)))
        return x  # bug
        return F.log_softmax(x, dim=1)  # fix
m = MLP(); o = torch.optim.SGD(m.parameters(), 0.1)
for s in range(10):
    x = torch.randn(50, 10); y = torch.randint(0, 4, (50,))
    o.zero_grad(); F.nll_loss(m(x), y).backward(); o.step()
