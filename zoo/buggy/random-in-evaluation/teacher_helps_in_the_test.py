"""Words turned round, letter by letter: half of the letters before are given by a teacher while the decoder learns."""

import random

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
random.seed(0)
LETTERS, LENGTH = 12, 5


def words(count):
    source = torch.randint(1, LETTERS, (count, LENGTH))
    return source, torch.cat([torch.zeros(count, 1, dtype=torch.long), source.flip(1)], dim=1)


class Turner(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.embed = nn.Embedding(LETTERS, 24)
        self.encoder, self.decoder = nn.GRU(24, width, batch_first=True), nn.GRUCell(24, width)
        self.head = nn.Linear(width, LETTERS)

    def forward(self, source, target, forcing=0.5):
        state = self.encoder(self.embed(source))[1][0]
        letter, out = target[:, 0], torch.zeros(*target.shape, LETTERS)
        for step in range(1, target.shape[1]):
            state = self.decoder(self.embed(letter), state)
            out[:, step] = self.head(state)
            letter = target[:, step] if random.random() < forcing else out[:, step].argmax(1)
        return out


def loss_of(out, target):
    return nn.functional.cross_entropy(out[:, 1:].reshape(-1, LETTERS), target[:, 1:].reshape(-1))


net = Turner()
optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
loader = DataLoader(TensorDataset(*words(1200)), batch_size=40, shuffle=True)
held_out = DataLoader(TensorDataset(*words(200)), batch_size=100)
for epoch in range(3):
    net.train()
    for source, target in loader:
        loss = loss_of(net(source, target), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    net.eval()
    total = 0.0
    with torch.no_grad():
        for source, target in held_out:
            out = net(source, target)  # bug
            out = net(source, target, 0.0)  # fix
            total += loss_of(out, target).item() / len(held_out)
    print(epoch, round(loss.item(), 3), round(total, 3))
