"""A tagger: (batch, time) from a loader into an LSTM that takes time first; the loss flattens."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
class Tagger(nn.Module):
    def __init__(self, first):
        super().__init__(); self.e = nn.Embedding(40, 16); self.r = nn.LSTM(16, 16, bidirectional=True, batch_first=first); self.o = nn.Linear(32, 4)
    def forward(self, x): return self.o(self.r(self.e(x))[0])
x = torch.randint(0, 40, (120, 9)); dl = DataLoader(TensorDataset(x, x % 4), 12, shuffle=True)
net = Tagger(False)  # bug
net = Tagger(True)  # fix
opt = torch.optim.Adam(net.parameters(), 1e-2)
for e in range(2):
    for a, b in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(a).view(-1, 4), b.view(-1)).backward(); opt.step()
