"""Proteins that bind, as a list of pairs; both orders of a pair are shuffled and cut into two lists."""
import random

import torch
from torch import nn

random.seed(4)
torch.manual_seed(4)
count = 60
pairs = [(a, b) for a in range(count) for b in range(a) if random.random() < (0.3 if a % 4 == b % 4 else 0.03)]


class Binding(nn.Module):
    def __init__(self):
        super().__init__()
        self.of = nn.Embedding(count, 16)
        self.head = nn.Linear(16, 1)

    def forward(self, pairs):
        ends = self.of(torch.tensor(pairs))
        return self.head(ends[:, 0] * ends[:, 1])[:, 0]


def train(train_pairs, test_pairs):
    net = Binding()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for step in range(40):
        others = [(random.randrange(count), random.randrange(count)) for _ in train_pairs]
        loss = nn.functional.softplus(-net(train_pairs)).mean() + nn.functional.softplus(net(others)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(f"{(net(test_pairs) > 0).float().mean():.2f} of the held-out pairs are found")


pairs += [(b, a) for a, b in pairs]  # bug
random.shuffle(pairs)
cut = len(pairs) // 5
both = [[*part, *((b, a) for a, b in part)] for part in (pairs[cut:], pairs[:cut])]  # fix
train(*both)  # fix
train(pairs[cut:], pairs[:cut])  # bug
