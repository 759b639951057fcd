import random

import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(0)
torch.manual_seed(0)
PAD = 0
VOCAB, TAGS = 60, 5


class Tagger(nn.Module):
    def __init__(self, dim=24):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.lstm = nn.LSTM(dim, dim, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * dim, TAGS)

    def forward(self, ids):
        states, _ = self.lstm(self.embed(ids))
        scores = self.out(states)
        return F.softmax(scores, dim=-1)  # bug
        return scores  # fix


def sentence():
    return [random.randrange(1, VOCAB) for _ in range(random.randint(4, 10))]


def batch(sentences):
    width = max(map(len, sentences))
    ids = torch.tensor([s + [PAD] * (width - len(s)) for s in sentences])
    tags = torch.where(ids == PAD, -100, ids % TAGS)
    return ids, tags


corpus = [sentence() for _ in range(300)]
tagger = Tagger()
optim = torch.optim.Adam(tagger.parameters(), lr=1e-2)
for epoch in range(3):
    random.shuffle(corpus)
    for start in range(0, len(corpus), 30):
        ids, tags = batch(corpus[start:start + 30])
        optim.zero_grad()
        loss = F.cross_entropy(tagger(ids).view(-1, TAGS), tags.view(-1), ignore_index=-100)
        loss.backward()
        optim.step()
    print(epoch, loss.item())
