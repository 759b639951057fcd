"""Packed sequences are unpacked, and the last column is read: zeros for all rows but the longest."""
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(41)
lengths = torch.randint(3, 13, (480,))
walks = torch.randn(480, 12, 2).cumsum(1) * (torch.arange(12)[None, :, None] < lengths[:, None, None])
ends_right = (walks[torch.arange(480), lengths - 1, 0] > 0).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(2, 20, batch_first=True), nn.Linear(20, 2)

    def forward(self, x, n):
        states, _ = self.lstm(pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False))
        states, _ = pad_packed_sequence(states, batch_first=True)
        return self.head(states[:, -1])  # bug
        return self.head(states[torch.arange(len(n)), n - 1])  # fix


net = Reader()
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for epoch in range(4):
    for rows in torch.randperm(480).split(40):
        loss = nn.functional.cross_entropy(net(walks[rows], lengths[rows]), ends_right[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
