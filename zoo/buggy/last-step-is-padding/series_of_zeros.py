"""Which of two machines a vibration of some seconds is of: two channels, in batches filled up with zeros."""

import torch
from torch import nn

torch.manual_seed(0)


def recordings(count):
    made = []
    for _ in range(count):
        steps = int(torch.randint(6, 30, ()))
        machine = int(torch.randint(0, 2, ()))
        slow = torch.arange(steps) * (0.4 if machine else 0.9)
        made.append((torch.stack([slow.sin(), slow.cos()], 1) + 0.3 * torch.randn(steps, 2), machine))
    return made


def filled_up(batch):
    longest = max(len(series) for series, _ in batch)
    x = torch.zeros(len(batch), longest, 2)
    for row, (series, _) in enumerate(batch):
        x[row, : len(series)] = series
    return x, torch.tensor([len(series) for series, _ in batch]), torch.tensor([machine for _, machine in batch])


class Listener(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 12, batch_first=True)
        self.head = nn.Linear(12, 2)

    def forward(self, x, lengths):
        steps, state = self.gru(x)
        return self.head(state[-1])  # bug
        return self.head(steps[torch.arange(len(x)), lengths - 1])  # fix


net = Listener()
optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(3):
    data = recordings(320)
    for at in range(0, len(data), 20):
        x, lengths, machine = filled_up(data[at : at + 20])
        loss = nn.functional.cross_entropy(net(x, lengths), machine)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(epoch, round(loss.item(), 3))
