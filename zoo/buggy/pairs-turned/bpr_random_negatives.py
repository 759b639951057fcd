"""BPR whose difference is the wrong way round; negatives are drawn for each batch."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
USERS, ITEMS = 60, 80
taste = torch.randint(0, 8, (USERS,))
users = torch.arange(USERS).repeat_interleave(12)
items = (taste[users] * 10 + torch.randint(0, 10, (len(users),))) % ITEMS
class MF(nn.Module):
    def __init__(self): super().__init__(); self.u = nn.Embedding(USERS, 16); self.i = nn.Embedding(ITEMS, 16)
    def forward(self, u, i): return (self.u(u) * self.i(i)).sum(-1)
m = MF(); opt = torch.optim.Adam(m.parameters(), 1e-2)
for epoch in range(3):
    for idx in torch.randperm(len(users)).split(64):
        u, i = users[idx], items[idx]
        j = torch.randint(0, ITEMS, (len(idx),))
        diff = m(u, j) - m(u, i)  # bug
        diff = m(u, i) - m(u, j)  # fix
        loss = -F.logsigmoid(diff).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
