"""Sequence-first GRU over packed batches; names in, language out."""
import random

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

random.seed(0)
torch.manual_seed(0)
LANGS = ["abcdefgh", "ghijklmn", "mnopqrst"]


def name():
    lang = random.randrange(3)
    letters = "".join(random.choice(LANGS[lang]) for _ in range(random.randint(3, 9)))
    return torch.tensor([ord(c) - ord("a") for c in letters]), lang


class NameNet(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.emb = nn.Embedding(20, 12)
        self.rnn = nn.GRU(12, hidden, num_layers=2, dropout=0.1)
        self.fc = nn.Linear(hidden, 3)

    def forward(self, packed):
        vectors = torch.nn.utils.rnn.PackedSequence(
            self.emb(packed.data), packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)
        _, h = self.rnn(vectors)
        return self.fc(h[-1])


names = [name() for _ in range(400)]
net = NameNet()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    net.train()
    random.shuffle(names)
    total = 0.0
    for at in range(0, 400, 40):
        seqs, langs = zip(*names[at:at + 40])
        loss = nn.functional.cross_entropy(net(pack_sequence(seqs, enforce_sorted=False)), torch.tensor(langs))
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() / 10
    print(epoch, total)
