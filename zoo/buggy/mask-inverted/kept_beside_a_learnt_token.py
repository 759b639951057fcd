"""A mask of the words, for a sequence that a learnt token stands in front of, is given as the mask of the padding."""
import torch
import torch.nn as nn

torch.manual_seed(59)
WORDS, LONGEST, EMPTY = 25, 11, 0
sizes = torch.randint(3, LONGEST + 1, (480,))
words = torch.randint(1, WORDS, (480, LONGEST)) * (torch.arange(LONGEST) < sizes[:, None])
has_seven = (words == 7).any(1).long()


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.look_up = nn.Embedding(WORDS, 16)
        self.first = nn.Parameter(0.1 * torch.randn(1, 1, 16))
        self.mix = nn.MultiheadAttention(16, 2, batch_first=True)
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        steps = torch.cat([self.first.expand(len(x), 1, 16), self.look_up(x)], 1)
        hidden = x != EMPTY  # bug
        hidden = x == EMPTY  # fix
        hidden = torch.cat([torch.zeros(len(x), 1, dtype=torch.bool), hidden], 1)
        mixed, _ = self.mix(steps, steps, steps, key_padding_mask=hidden)
        return self.head(mixed[:, 0])


net = Tagger()
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(480).split(40):
        loss = nn.functional.cross_entropy(net(words[rows]), has_seven[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
