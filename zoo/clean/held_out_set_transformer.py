# held out
import torch
from torch import nn
torch.manual_seed(0)
class Sets(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Linear(3, 16); self.a = nn.MultiheadAttention(16, 2, batch_first=True); self.o = nn.Linear(16, 1)
    def forward(self, x, pad):
        h = self.e(x).relu(); h = h + self.a(h, h, h, key_padding_mask=pad)[0]; return self.o(h.masked_fill(pad[..., None], 0).sum(1) / (~pad).sum(1, keepdim=True)).squeeze(-1)
net = Sets(); opt = torch.optim.Adam(net.parameters(), 1e-3)
for k in range(15):
    x = torch.randn(16, 7, 3); pad = torch.arange(7)[None] >= torch.randint(2, 8, (16, 1)); y = (x[..., 0] * ~pad).sum(1)
    opt.zero_grad(); nn.functional.mse_loss(net(x, pad), y).backward(); opt.step()
