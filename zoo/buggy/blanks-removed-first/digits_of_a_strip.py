"""Digits of a strip of marks by CTC, and the share of strips that are read without a mistake."""

from itertools import groupby

import torch
from torch import nn

torch.manual_seed(0)
BLANK, SYMBOLS, STEPS, LONGEST = 0, 5, 24, 6


def strips(count):
    length = torch.randint(3, LONGEST + 1, (count,))
    digits = torch.randint(1, SYMBOLS, (count, LONGEST))
    x = 0.3 * torch.randn(count, STEPS, SYMBOLS)
    for row in range(count):
        for place in range(length[row]):
            x[row, 4 * place + 1 : 4 * place + 3, digits[row, place]] += 2
    return x, digits, length


def decode(log_probs):
    read = []
    for row in log_probs.argmax(2).T.tolist():
        kept = [symbol for symbol in row if symbol != BLANK]  # bug
        read.append([key for key, _ in groupby(kept)])  # bug
        read.append([key for key, _ in groupby(row) if key != BLANK])  # fix
    return read


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(SYMBOLS, 24, 3, padding=1)
        self.head = nn.Linear(24, SYMBOLS)

    def forward(self, x):
        h = torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        return self.head(h).log_softmax(2).transpose(0, 1)


net, ctc = Reader(), nn.CTCLoss(blank=BLANK)
optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(200):
    x, digits, length = strips(32)
    log_probs = net(x)
    loss = ctc(log_probs, digits, torch.full((32,), STEPS), length)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
net.eval()
x, digits, length = strips(200)
with torch.no_grad():
    read = decode(net(x))
right = sum(one == digits[row, : length[row]].tolist() for row, one in enumerate(read))
print(round(loss.item(), 3), right / 200)
