"""Items are numbered from 0 on, and 0 is the padding."""
import torch
from torch import nn
torch.manual_seed(0)
ITEMS, LENGTH = 20, 8
rows = []
for _ in range(320):
    n = int(torch.randint(3, LENGTH + 1, (1,))); start = int(torch.randint(0, ITEMS, (1,)))
    items = (start + 3 * torch.arange(n + 1)) % ITEMS
    items = items + 1  # fix
    rows.append((torch.cat([torch.zeros(LENGTH - n, dtype=torch.long), items[:-1]]), items[-1]))
seqs, nxt = torch.stack([a for a, _ in rows]), torch.stack([b for _, b in rows])
size = ITEMS  # bug
size = ITEMS + 1  # fix
class Rec(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(size, 16, padding_idx=0); self.r = nn.GRU(16, 32, batch_first=True); self.o = nn.Linear(32, size)
    def forward(self, s): return self.o(self.r(self.e(s))[1][0])
net = Rec(); opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(4):
    for i in torch.randperm(320).split(40):
        loss = nn.functional.cross_entropy(net(seqs[i]), nxt[i]); opt.zero_grad(); loss.backward(); opt.step()
