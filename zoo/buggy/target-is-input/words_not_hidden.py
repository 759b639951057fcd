"""level: warning; a sixth of the words is to be guessed, and is not hidden."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
WORDS, MASK = 24, 1


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.place = nn.Embedding(WORDS, 24), nn.Embedding(12, 24)
        layer = nn.TransformerEncoderLayer(24, 2, 48, dropout=0.0, batch_first=True)
        self.body, self.head = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), nn.Linear(24, WORDS)

    def forward(self, ids):
        return self.head(self.body(self.table(ids) + self.place(torch.arange(ids.shape[1]))))


net = Encoder()
opt = torch.optim.AdamW(net.parameters(), lr=2e-3)
for step in range(40):
    ids = 2 + (torch.randint(0, 22, (16, 1)) + torch.arange(12)) % 22
    chosen = torch.rand(ids.shape) < 0.15
    labels = ids.masked_fill(~chosen, -100)
    inputs = ids  # bug
    inputs = ids.masked_fill(chosen, MASK)  # fix
    loss = F.cross_entropy(net(inputs).transpose(1, 2), labels)
    opt.zero_grad()
    loss.backward()
    opt.step()
