"""Everything sequence first, the loss flattens both sides; padding ignored."""
import torch
from torch import nn
torch.manual_seed(0)
V, PAD = 12, 0
class S2S(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(V, 16, padding_idx=PAD); self.enc = nn.GRU(16, 24); self.dec = nn.GRU(16, 24); self.o = nn.Linear(24, V)
    def forward(self, src, tgt):
        _, h = self.enc(self.e(src)); y, _ = self.dec(self.e(tgt), h); return self.o(y)
net = S2S(); opt = torch.optim.Adam(net.parameters(), 1e-2); ce = nn.CrossEntropyLoss(ignore_index=PAD)
for i in range(20):
    src = torch.randint(1, V, (7, 16)); tgt = src.flip(0)
    out = net(src, torch.cat([torch.ones(1, 16, dtype=torch.long), tgt[:-1]]))
    loss = ce(out.reshape(-1, V), tgt.reshape(-1))
    opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step()
