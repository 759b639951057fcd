"""A tagger of words in sentences of many lengths: padding is ignored by the loss, and then counted by the mean."""
import torch
from torch import nn

torch.manual_seed(0)
PAD, WORDS, TAGS = 0, 30, 5
lengths = torch.randint(3, 13, (600,))
words = torch.randint(1, WORDS, (600, 12))
tags = (words + words.roll(1, 1)) % TAGS
padded = torch.arange(12)[None] >= lengths[:, None]
words[padded], tags[padded] = PAD, -100


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(WORDS, 24, padding_idx=PAD)
        self.rnn = nn.GRU(24, 32, batch_first=True)
        self.out = nn.Linear(32, TAGS)

    def forward(self, tokens):
        return self.out(self.rnn(self.embed(tokens))[0])


net = Tagger()
opt = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
loss_of = nn.CrossEntropyLoss(ignore_index=-100, reduction="none")
for epoch in range(8):
    for rows in torch.randperm(600).split(40):
        logits, wanted = net(words[rows]), tags[rows]
        losses = loss_of(logits.reshape(-1, TAGS), wanted.reshape(-1))
        loss = losses.mean()  # bug
        loss = losses.sum() / (wanted != -100).sum()  # fix
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
    print(epoch, loss.item())
