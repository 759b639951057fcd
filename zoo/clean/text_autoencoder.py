"""A text is read whole, and written from its code."""

import torch
from torch import nn

torch.manual_seed(0)


class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(18, 16)
        self.enc = nn.GRU(16, 48, batch_first=True)
        self.dec = nn.GRU(16, 48, batch_first=True)
        self.o = nn.Linear(48, 18)

    def forward(self, x):
        h = self.enc(self.e(x))[1]
        bos = torch.ones(len(x), 1, dtype=torch.long)
        return self.o(self.dec(self.e(torch.cat([bos, x[:, :-1]], 1)), h)[0])


X = torch.randint(2, 18, (240, 5))
net = AE()
opt = torch.optim.Adam(net.parameters(), 5e-3)
for ep in range(8):
    for b in torch.randperm(240).split(24):
        loss = nn.functional.cross_entropy(net(X[b]).flatten(0, 1), X[b].flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
