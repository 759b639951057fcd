"""Places of words are to be learnt."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Reader(nn.Module):
    def __init__(self, words=20, width=24, length=8):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.pos_embed = torch.randn(1, length, width) * 0.02  # bug
        self.pos_embed = nn.Parameter(torch.randn(1, length, width) * 0.02)  # fix
        self.body = nn.TransformerEncoderLayer(width, 2, 48, dropout=0.0, batch_first=True)
        self.head = nn.Linear(width, 2)

    def forward(self, ids):
        return self.head(self.body(self.words(ids) + self.pos_embed).mean(1))


net = Reader()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(50):
    ids = torch.randint(0, 20, (32, 8))
    loss = F.cross_entropy(net(ids), (ids[:, 0] > ids[:, -1]).long())
    opt.zero_grad()
    loss.backward()
    opt.step()
