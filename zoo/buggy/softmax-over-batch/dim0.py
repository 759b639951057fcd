"""Softmax over dim 0, and NLL."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 16); self.b = nn.Linear(16, 4)
    def forward(self, x):
        z = self.b(F.relu(self.a(x)))
        return F.log_softmax(z, dim=0)  # bug
        return F.log_softmax(z, dim=1)  # fix
net = Net(); opt = torch.optim.Adam(net.parameters())
x = torch.randn(32, 8); y = torch.randint(0, 4, (32,))
for i in range(6):
    loss = F.nll_loss(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
