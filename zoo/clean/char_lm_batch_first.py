import torch
from torch import nn
torch.manual_seed(0)
class LM(nn.Module):
    def __init__(self, V=20, d=32, T=12):
        super().__init__()
        self.e = nn.Embedding(V, d); self.p = nn.Parameter(torch.zeros(T, d))
        self.l = nn.TransformerEncoderLayer(d, 4, 64, batch_first=True, dropout=0.1, norm_first=True); self.n = nn.LayerNorm(d); self.h = nn.Linear(d, V, bias=False)
        self.h.weight = self.e.weight
    def forward(self, x):
        m = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.h(self.n(self.l(self.e(x) + self.p[:x.shape[1]], src_mask=m, is_causal=True)))
net = LM(); opt = torch.optim.AdamW(net.parameters(), 3e-3)
data = torch.randint(0, 20, (2000,))
for i in range(20):
    j = torch.randint(0, 1980, (16,)); x = torch.stack([data[k:k+12] for k in j]); y = torch.stack([data[k+1:k+13] for k in j])
    loss = nn.functional.cross_entropy(net(x).view(-1, 20), y.view(-1))
    opt.zero_grad(set_to_none=True); loss.backward(); opt.step()
