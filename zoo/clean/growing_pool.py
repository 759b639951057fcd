"""Short sentences first: each epoch opens a longer part of the data, until all of it is in."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset

torch.manual_seed(0)
length = torch.randint(1, 20, (240,))
x = torch.randn(240, 12) / length[:, None].float()
y = (x[:, 0] > 0).long()
PER_STAGE = 60


class ShortFirst(Sampler):
    def __init__(self, lengths):
        self.by_length = lengths.argsort().tolist()
        self.stage = 0

    def _open(self):
        return self.by_length[: PER_STAGE * (self.stage + 2)]

    def __iter__(self):
        now = self._open()
        for place in torch.randperm(len(now)).tolist():
            yield now[place]

    def __len__(self):
        return len(self._open())


sampler = ShortFirst(length)
loader = DataLoader(TensorDataset(x, y), batch_size=20, sampler=sampler)
net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
for stage in range(5):
    sampler.stage = stage
    for inputs, labels in loader:
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(inputs), labels)
        loss.backward()
        optimiser.step()
    print(f"stage {stage}: {len(sampler)} sentences, loss {loss.item():.3f}")
