"""Does the first opening bracket stand before the first closing one? Attention over tokens with learnt positions."""
import torch
from torch import nn

LENGTH = 12


class Reader(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.tokens = nn.Embedding(5, width)
        self.pos_embedding = nn.Parameter(torch.randn(LENGTH + 1, width) * 0.3)
        self.mixed = nn.TransformerEncoderLayer(width, 4, 48, dropout=0.0, batch_first=True)
        self.answer = nn.Linear(width, 2)

    def forward(self, ids):
        batch, time = ids.shape
        hidden = self.tokens(ids)
        hidden = hidden + self.pos_embedding[time]  # bug
        hidden = hidden + self.pos_embedding[:time]  # fix
        return self.answer(self.mixed(hidden).mean(dim=1))


def sentences(count, generator):
    ids = torch.randint(2, 5, (count, LENGTH), generator=generator)
    places = torch.rand(count, LENGTH, generator=generator).argsort(dim=1)[:, :2]
    ids[torch.arange(count), places[:, 0]] = 0
    ids[torch.arange(count), places[:, 1]] = 1
    return ids, (places[:, 0] < places[:, 1]).long()


torch.manual_seed(0)
generator = torch.Generator().manual_seed(0)
x, y = sentences(1200, generator)
valid_x, valid_y = sentences(300, generator)
net = Reader()
optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3)
for epoch in range(8):
    for rows in torch.randperm(len(x)).split(60):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, f"{(net(valid_x).argmax(1) == valid_y).float().mean():.3f}")
