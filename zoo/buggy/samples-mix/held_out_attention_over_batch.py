# held out
import torch
from torch import nn
torch.manual_seed(0)
class Attn(nn.Module):
    def __init__(self, d=12):
        super().__init__(); self.mha = nn.MultiheadAttention(d, 3, batch_first=False); self.h = nn.Linear(d, 1)  # bug
        super().__init__(); self.mha = nn.MultiheadAttention(d, 3, batch_first=True); self.h = nn.Linear(d, 1)  # fix
    def forward(self, x):
        a, _ = self.mha(x, x, x); return self.h(a.mean(1)).squeeze(-1)
net = Attn(); opt = torch.optim.SGD(net.parameters(), 0.05)
for i in range(6):
    x = torch.randn(16, 9, 12); y = x.mean((1, 2))
    opt.zero_grad(); nn.functional.mse_loss(net(x), y).backward(); opt.step()
