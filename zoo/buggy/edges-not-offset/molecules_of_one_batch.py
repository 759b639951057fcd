"""Chains or rings of atoms? Messages are passed along their bonds."""
import torch
from torch import nn

torch.manual_seed(1)


def molecule(closed):
    atoms = int(torch.randint(4, 9, ()))
    bonds = [(i, i + 1) for i in range(atoms - 1)] + ([(atoms - 1, 0)] if closed else [])
    both = torch.tensor(bonds + [(b, a) for a, b in bonds])
    return torch.randn(atoms, 4), both, int(closed)


def as_batch(molecules):
    atoms, adjacency, owner = [], [], []
    for number, (features, bonds, _) in enumerate(molecules):
        before = sum(len(each) for each in atoms)
        adjacency.append(bonds)  # bug
        adjacency.append(bonds + before)  # fix
        atoms.append(features)
        owner.append(torch.tensor(number).repeat(len(features)))
    labels = torch.tensor([each[2] for each in molecules])
    return torch.cat(atoms), torch.cat(adjacency), torch.cat(owner), labels


class MessagePassing(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(5, 16), nn.Linear(16, 2)

    def forward(self, x, bonds, owner, count):
        degree = torch.zeros(len(x), 1).index_add(0, bonds[:, 1], torch.ones(len(bonds), 1))
        h = torch.tanh(self.first(torch.cat([x, degree], 1)))
        h = h.index_add(0, bonds[:, 1], h[bonds[:, 0]])
        return self.last(torch.zeros(count, 16).index_add(0, owner, h))


data = [molecule(i % 2 == 0) for i in range(240)]
net = MessagePassing()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for start in range(0, 240, 24):
        x, bonds, owner, labels = as_batch(data[start : start + 24])
        loss = nn.functional.cross_entropy(net(x, bonds, owner, 24), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
