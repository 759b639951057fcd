"""Parameters, not modules, in a Python list."""
import torch
from torch import nn
torch.manual_seed(0)
class Poly(nn.Module):
    def __init__(self):
        super().__init__(); self.out = nn.Linear(8, 1)
        ws = [nn.Parameter(torch.randn(4, 8) * 0.3) for _ in range(2)]
        self.ws = ws  # bug
        self.ws = nn.ParameterList(ws)  # fix
    def forward(self, x): return self.out(torch.tanh(sum((x ** (i + 1)) @ w for i, w in enumerate(self.ws))))
net = Poly(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(15):
    x = torch.randn(32, 4); opt.zero_grad(); nn.functional.mse_loss(net(x), x[:, :1] ** 2).backward(); opt.step()
