"""Series padded to 30 steps go packed through a GRU, and its states are averaged over all 30."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(3)
count, steps = 640, 30
lengths = torch.randint(4, steps + 1, (count,))
slopes = torch.randint(0, 2, (count,))
times = torch.arange(steps)
series = (slopes * 2 - 1)[:, None] * times * 0.05 + torch.randn(count, steps) * 0.5
series = series * (times < lengths[:, None])


class Trend(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, series, lengths):
        packed = pack_padded_sequence(series[..., None], lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True, total_length=steps)
        pooled = states.mean(1)  # bug
        pooled = states.sum(1) / lengths[:, None]  # fix
        return self.head(pooled)


net = Trend()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(2):
    for rows in torch.randperm(count).split(32):
        loss = nn.functional.cross_entropy(net(series[rows], lengths[rows]), slopes[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
