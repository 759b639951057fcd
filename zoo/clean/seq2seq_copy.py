"""Translation of a sentence into itself: the target is the other input, moved by one."""
import torch
from torch import nn
torch.manual_seed(0); P = 0
class S(nn.Module):
    def __init__(self):
        super().__init__(); self.e = nn.Embedding(15, 16, padding_idx=P); self.t = nn.Transformer(16, 2, 1, 1, 32, 0.0, batch_first=True); self.o = nn.Linear(16, 15)
    def forward(self, s, t):
        m = nn.Transformer.generate_square_subsequent_mask(t.shape[1]); k = s == P
        return self.o(self.t(self.e(s), self.e(t), tgt_mask=m, src_key_padding_mask=k, memory_key_padding_mask=k, tgt_key_padding_mask=t == P))
net = S(); opt = torch.optim.Adam(net.parameters(), 1e-3)
for _ in range(14):
    s = torch.randint(2, 15, (8, 7)) * (torch.arange(7) < torch.randint(3, 8, (8, 1)))
    t = torch.cat([torch.ones(8, 1, dtype=torch.long), s], 1)
    loss = nn.functional.cross_entropy(net(s, t[:, :-1]).flatten(0, 1), t[:, 1:].flatten(), ignore_index=P)
    opt.zero_grad(); loss.backward(); opt.step()
