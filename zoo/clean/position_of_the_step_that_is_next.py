"""Tokens are generated one at a time: the newest one gets the position after those that are there, by its number."""
import torch
from torch import nn

LENGTH = 10


class Writer(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(8, width), nn.Parameter(0.2 * torch.randn(1, LENGTH + 1, width))
        self.memory, self.out = nn.GRU(width, width, batch_first=True), nn.Linear(width, 8)

    def forward(self, ids):
        x = self.tokens(ids)
        x = x + self.positions[:, : x.size(1)]
        return self.out(self.memory(x)[0])

    @torch.no_grad()
    def write(self, ids):
        _, state = self.memory(self.tokens(ids) + self.positions[:, : ids.shape[1]])
        while ids.shape[1] < LENGTH:
            newest = self.tokens(ids[:, -1:])
            newest = newest + self.positions[:, ids.shape[1]]
            out, state = self.memory(newest, state)
            ids = torch.cat([ids, self.out(out).argmax(-1)], dim=1)
        return ids


torch.manual_seed(0)
first = torch.randint(8, (500, 1))
ids = (first + torch.arange(LENGTH)) % 8
net = Writer()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(6):
    for rows in torch.randperm(500).split(50):
        logits = net(ids[rows, :-1])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids[rows, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, f"{loss.item():.3f}")
print(net.write(ids[:2, :4]))
