"""A first token that is learnt stands for the whole sentence; mask and tokens are inverted together."""
import torch
from torch import nn

torch.manual_seed(7)
lengths = torch.randint(2, 11, (300,))
words = torch.randint(1, 15, (300, 11))
words[torch.arange(11) >= lengths[:, None]] = 0
labels = (words == 4).any(1).long()


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(15, 16)
        self.whole = nn.Parameter(torch.zeros(16))
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, tokens):
        h = torch.cat([self.whole.expand(len(tokens), 1, 16), self.words(tokens)], 1)
        present = nn.functional.pad(tokens.ne(0), (1, 0), value=True)
        h, _ = self.attention(
            h, h, h,
            key_padding_mask=present,  # bug
            key_padding_mask=present.logical_not(),  # fix
        )
        return self.out(h[:, 0])


net = Reader()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(3):
    for rows in torch.randperm(300).split(30):
        loss = nn.functional.cross_entropy(net(words[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
