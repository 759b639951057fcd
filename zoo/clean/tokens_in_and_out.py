"""Tokens as input and as target, rightly: an autoencoder of whole sequences, and words that were masked."""
import torch
from torch import nn

torch.manual_seed(0)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 16)
        self.read, self.write = nn.GRU(16, 24, batch_first=True), nn.GRU(24, 24, batch_first=True)
        self.out = nn.Linear(24, 20)

    def forward(self, x):
        state = self.read(self.embed(x))[1][-1]
        return self.out(self.write(state[:, None].expand(-1, x.shape[1], -1))[0])


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(21, 16)
        self.body = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.out = nn.Linear(16, 20)

    def forward(self, x):
        return self.out(self.body(self.embed(x)))


for net in (Autoencoder(), Masked()):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(15):
        x = torch.randint(0, 20, (12, 6))
        given = x if isinstance(net, Autoencoder) else x.masked_fill(torch.rand(x.shape) < 0.3, 20)
        wanted = x if isinstance(net, Autoencoder) else x.masked_fill(given != 20, -100)
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(given).flatten(0, 1), wanted.flatten()).backward()
        optimizer.step()
