# held out
import torch
from torch import nn
torch.manual_seed(0)
class Rec(nn.Module):
    def __init__(self):
        super().__init__(); self.u = nn.Embedding(30, 6); self.i = nn.Embedding(40, 6); self.m = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))
    def forward(self, u, i):
        a = self.u(u)
        b = self.i(i).data  # bug
        b = self.i(i)  # fix
        return self.m(torch.cat([a, b], 1)).squeeze(1)
net = Rec(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(20):
    u, i = torch.randint(0, 30, (48,)), torch.randint(0, 40, (48,)); r = ((u * i) % 5).float()
    opt.zero_grad(); nn.functional.mse_loss(net(u, i), r).backward(); opt.step()
