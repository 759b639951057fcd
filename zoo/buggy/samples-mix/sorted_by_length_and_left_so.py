"""A tagger sorts its sentences by length to pack them, and leaves its outputs in that order."""

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(40, 24, padding_idx=0)
        self.l = nn.LSTM(24, 24, batch_first=True, bidirectional=True)
        self.o = nn.Linear(48, 5)

    def forward(self, x, lens):
        lens, order = lens.sort(descending=True)
        packed = pack_padded_sequence(self.e(x[order]), lens, batch_first=True)
        out, _ = pad_packed_sequence(self.l(packed)[0], batch_first=True, total_length=x.shape[1])
        out = out[order.argsort()]  # fix
        return self.o(out)


lens = torch.randint(4, 13, (400,))
x = torch.randint(1, 40, (400, 12))
pad = torch.arange(12)[None] >= lens[:, None]
x[pad] = 0
y = x % 5
y[pad] = -1
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), 3e-3)
ce = nn.CrossEntropyLoss(ignore_index=-1)
for epoch in range(4):
    for i in torch.randperm(400).split(20):
        out = net(x[i], lens[i])
        loss = ce(out.view(-1, 5), y[i].view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
