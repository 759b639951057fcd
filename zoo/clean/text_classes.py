"""A class for each text, with padding that attention leaves out; the number of classes is that of the words."""
import torch
from torch import nn
torch.manual_seed(0)
class N(nn.Module):
    def __init__(self):
        super().__init__(); self.e = nn.Embedding(30, 12, padding_idx=0); self.l = nn.TransformerEncoderLayer(12, 2, 24, 0.0, batch_first=True); self.o = nn.Linear(12, 9)
    def forward(self, t): return self.o(self.l(self.e(t), src_key_padding_mask=t.eq(0)).masked_fill(t.eq(0)[..., None], 0).sum(1))
net = N(); opt = torch.optim.Adam(net.parameters(), 1e-3)
for _ in range(15):
    t = torch.randint(1, 30, (9, 9)) * (torch.arange(9) < torch.randint(3, 10, (9, 1)))
    opt.zero_grad(); nn.functional.cross_entropy(net(t), t[:, 0] % 9).backward(); opt.step()
