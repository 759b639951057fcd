"""Words of held-out texts are masked anew in each reading, as in training: they are what the net is asked."""

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

UNKNOWN, WORDS, IGNORED = 0, 24, -100


class Texts(Dataset):
    def __init__(self, texts):
        self.texts = texts

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, number):
        words = self.texts[number].clone()
        asked = torch.rand(len(words)) < 0.25
        answers = words.masked_fill(~asked, IGNORED)
        return words.masked_fill(asked, UNKNOWN), answers


torch.manual_seed(0)
texts = 1 + (torch.randint(23, (400, 1)) + torch.arange(10) * torch.randint(1, 3, (400, 1))) % 23
learnt = DataLoader(Texts(texts[:320]), batch_size=32, shuffle=True)
held_out = DataLoader(Texts(texts[320:]), batch_size=40)
net = nn.Sequential(nn.Embedding(WORDS, 16), nn.Flatten(), nn.Linear(160, 64), nn.ReLU(), nn.Linear(64, 10 * WORDS))
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
loss_of = nn.CrossEntropyLoss(ignore_index=IGNORED)
for epoch in range(4):
    net.train()
    for words, answers in learnt:
        optimiser.zero_grad()
        loss_of(net(words).view(-1, WORDS), answers.view(-1)).backward()
        optimiser.step()
    net.eval()
    with torch.no_grad():
        losses = [loss_of(net(words).view(-1, WORDS), answers.view(-1)).item() for words, answers in held_out]
    print(epoch, sum(losses) / len(losses))
