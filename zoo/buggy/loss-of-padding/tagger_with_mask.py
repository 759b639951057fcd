"""A tagger's loss of each word, averaged by a mask that is true for the padding."""
import torch
from torch import nn

torch.manual_seed(0)
PAD_ID = 0


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(50, 24, padding_idx=PAD_ID)
        self.mix = nn.Conv1d(24, 48, 3, padding=1)
        self.out = nn.Linear(48, 6)

    def forward(self, words):
        return self.out(self.mix(self.embed(words).transpose(1, 2)).relu().transpose(1, 2))


def masked_loss(logits, tags, words):
    losses = nn.functional.cross_entropy(logits.transpose(1, 2), tags, reduction="none")
    weight = words.eq(PAD_ID).float()  # bug
    weight = words.ne(PAD_ID).float()  # fix
    return (losses * weight).sum() / weight.sum()


lengths = torch.randint(4, 12, (480, 1))
words = torch.randint(1, 50, (480, 12)).masked_fill(torch.arange(12) >= lengths, PAD_ID)
tags = words % 6
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(5):
    for rows in torch.randperm(480).split(24):
        loss = masked_loss(net(words[rows]), tags[rows], words[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
