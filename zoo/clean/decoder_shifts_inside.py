"""A decoder is given the whole sentence that it is to say: it puts a start symbol before it and drops the last one."""

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(0)
WORDS, START, LENGTH = 12, 12, 9


class Decoder(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.embed = nn.Embedding(WORDS + 1, width)
        self.place = nn.Parameter(0.02 * torch.randn(LENGTH, width))
        layer = nn.TransformerEncoderLayer(width, 4, 64, dropout=0.0, batch_first=True)
        self.body = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(width, WORDS)

    def forward(self, sentence):
        start = torch.full((len(sentence), 1), START)
        before = torch.cat([start, sentence[:, :-1]], dim=1)
        mask = nn.Transformer.generate_square_subsequent_mask(LENGTH)
        return self.head(self.body(self.embed(before) + self.place, mask=mask, is_causal=True))


net = Decoder()
optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3)
for step in range(60):
    first = torch.randint(0, WORDS, (32, 1))
    sentence = (first + 2 * torch.arange(LENGTH)) % WORDS
    loss = functional.cross_entropy(net(sentence).transpose(1, 2), sentence)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % 20 == 0:
        print(step, round(loss.item(), 3))
