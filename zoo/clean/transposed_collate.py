"""A collate function puts time first, for a time-first net."""
import torch
from torch import nn
from torch.utils.data import DataLoader
torch.manual_seed(0)
rows = [(torch.randint(0, 30, (11,)), torch.randint(0, 4, (11,))) for _ in range(96)]
def collate(b): return torch.stack([x for x, _ in b], 1), torch.stack([y for _, y in b], 1)
class T(nn.Module):
    def __init__(self): super().__init__(); self.e = nn.Embedding(30, 12); self.r = nn.GRU(12, 12); self.o = nn.Linear(12, 4)
    def forward(self, x): return self.o(self.r(self.e(x))[0])
net = T(); opt = torch.optim.Adam(net.parameters(), 1e-2)
for e in range(2):
    for x, y in DataLoader(rows, 16, shuffle=True, collate_fn=collate):
        opt.zero_grad(); nn.functional.cross_entropy(net(x).view(-1, 4), y.reshape(-1)).backward(); opt.step()
