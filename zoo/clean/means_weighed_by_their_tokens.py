"""Micro-batches of several lengths: a mean times its share of the tokens, sums, and pictures whose last batch is small."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
LETTERS, PARTS = 20, 4


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.memory, self.head = nn.Embedding(LETTERS, 20), nn.GRU(20, 32, batch_first=True), nn.Linear(32, LETTERS)

    def forward(self, ids):
        return self.head(self.memory(self.table(ids))[0])


def texts(rows=6):
    lengths = torch.randint(3, 30, (rows, 1))
    ids = (torch.randint(0, LETTERS - 1, (rows, 1)) + torch.arange(30)) % (LETTERS - 1) + 1
    return ids.masked_fill(torch.arange(30) >= lengths, 0)


for by_sum in (False, True):
    net = Writer()
    opt = torch.optim.Adam(net.parameters(), 4e-3)
    for step in range(25):
        batches = [texts() for _ in range(PARTS)]
        tokens = sum(int((ids[:, 1:] != 0).sum()) for ids in batches)
        for ids in batches:
            logits, labels = net(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten()
            if by_sum:
                loss = F.cross_entropy(logits, labels, ignore_index=0, reduction="sum") / tokens
            else:
                loss = F.cross_entropy(logits, labels, ignore_index=0) * (int((labels != 0).sum()) / tokens)
            loss.backward()
        opt.step()
        opt.zero_grad()
    print(loss.item())
x = torch.randn(250, 10)
y = (x[:, 0] > x[:, 1]).long()
net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 2))
opt = torch.optim.Adam(net.parameters(), 4e-3)
for epoch in range(8):
    for at, rows in enumerate(torch.randperm(250).split(16)):
        (F.cross_entropy(net(x[rows]), y[rows]) / PARTS).backward()
        if at % PARTS == PARTS - 1:
            opt.step()
            opt.zero_grad()
