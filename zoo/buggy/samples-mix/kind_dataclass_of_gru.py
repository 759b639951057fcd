from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Read:
    score: torch.Tensor
    state: torch.Tensor


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(6, 12, num_layers=2, batch_first=True)
        self.score = nn.Linear(24, 3)

    def forward(self, series):
        _, state = self.gru(series)
        flat = state.reshape(len(series), -1)  # bug
        flat = state.transpose(0, 1).flatten(1)  # fix
        return Read(self.score(flat), state)


torch.manual_seed(0)
net = Reader()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(30):
    series = torch.randn(16, 9, 6)
    label = series[:, :, 0].sum(1).gt(0).long() + series[:, 0, 1].gt(1).long()
    loss = nn.functional.cross_entropy(net(series).score, label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
