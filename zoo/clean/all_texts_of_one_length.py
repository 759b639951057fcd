"""Texts are cut into pieces of one length, so that nothing is padded and the mask is ones; other rows end in a sign of their own."""

import torch
from torch import nn

torch.manual_seed(9)
stream = torch.randint(1, 20, (400 * 12,)).view(400, 12)
stream[:, -1] = 0  # each piece ends in the same sign
target = (stream[:, :6].sum(1) > stream[:, 6:].sum(1)).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.look_up = nn.Embedding(20, 16)
        self.block = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(16 * 12, 2)

    def forward(self, ids, attention_mask):
        return self.head(self.block(self.look_up(ids), src_key_padding_mask=attention_mask == 0).flatten(1))


net = Reader()
optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(7):
    for rows in torch.randperm(400).split(40):
        ids = stream[rows]
        loss = nn.functional.cross_entropy(net(ids, torch.ones_like(ids)), target[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(epoch, loss.item())
