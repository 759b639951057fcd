"""Translation: the decoder reads the words from the second one on, and is to say the one before."""

import torch
import torch.nn as nn

torch.manual_seed(0)
V = 24


class T(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(V, 32)
        self.pe = nn.Parameter(torch.randn(12, 32) * 0.1)
        self.t = nn.Transformer(32, 4, 1, 1, 64, 0.0, batch_first=True)
        self.o = nn.Linear(32, V)

    def forward(self, src, tgt):
        mask = nn.Transformer.generate_square_subsequent_mask(tgt.shape[1])
        return self.o(
            self.t(self.e(src) + self.pe[: src.shape[1]], self.e(tgt) + self.pe[: tgt.shape[1]], tgt_mask=mask)
        )


src = torch.randint(3, V, (500, 8))
trg = torch.cat([torch.full((500, 1), 1), src.flip(1), torch.full((500, 1), 2)], 1)
net = T()
optimizer = torch.optim.Adam(net.parameters(), 2e-3)
for epoch in range(4):
    for i in torch.randperm(500).split(25):
        out = net(src[i], trg[i][:, 1:])  # bug
        gold = trg[i][:, :-1]  # bug
        out = net(src[i], trg[i][:, :-1])  # fix
        gold = trg[i][:, 1:]  # fix
        loss = nn.functional.cross_entropy(out.reshape(-1, V), gold.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
