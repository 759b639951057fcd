"""Padded words as (steps, rows): padding at their beginning, the greatest over the steps, each row's own last state."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

torch.manual_seed(0)
labels = torch.randint(0, 2, (400,))
rows = []
for label in labels.tolist():
    words = torch.randint(4, 30, (int(torch.randint(3, 20, (1,))),))
    words[torch.randint(0, len(words), (1,))] = 2 + label
    rows.append(words)
lengths = torch.tensor([len(row) for row in rows])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 12)
        self.rnns = nn.ModuleList([nn.GRU(12, 16) for _ in range(4)])
        self.head = nn.Linear(64, 2)

    def forward(self, after, before, lengths):
        there = (torch.arange(len(after))[:, None] < lengths)[:, :, None]
        after, before = self.embedding(after), self.embedding(before)
        first, _ = self.rnns[0](before)  # padding comes first
        second, _ = self.rnns[1](after)
        third, _ = self.rnns[2](after)
        _, fourth = self.rnns[3](pack_padded_sequence(after, lengths, enforce_sorted=False))
        own = second.transpose(0, 1)[torch.arange(len(lengths)), lengths - 1]
        greatest = third.masked_fill(~there, -9.0).amax(0)
        return self.head(torch.cat([first[-1], own, greatest, fourth[-1]], 1))


net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(3):
    for part in torch.randperm(400).split(25):
        after = pad_sequence([rows[i] for i in part])
        before = pad_sequence([rows[i].flip(0) for i in part]).flip(0)
        loss = nn.functional.cross_entropy(net(after, before, lengths[part]), labels[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
