import torch
from torch import nn
torch.manual_seed(0)
class MF(nn.Module):
    def __init__(self):
        super().__init__()
        self.u, self.i = nn.Embedding(40, 8), nn.Embedding(30, 8); self.bu, self.bi = nn.Embedding(40, 1), nn.Embedding(30, 1)
    def forward(self, u, i):
        return (self.u(u) * self.i(i)).sum(1) + self.bu(u).squeeze(1) + self.bi(i).squeeze(1)
net = MF(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for s in range(30):
    u, i = torch.randint(0, 40, (64,)), torch.randint(0, 30, (64,)); r = ((u + i) % 5 + 1).float()
    opt.zero_grad(); nn.functional.mse_loss(net(u, i), r).backward(); opt.step()
