import random

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

PAD, END = 0, 1


class Sentences(Dataset):
    def __init__(self, n=200):
        rng = random.Random(0)
        self.data = []
        for _ in range(n):
            label = rng.randrange(2)
            words = [rng.randrange(2, 20) + 12 * label for _ in range(rng.randint(3, 9))]
            self.data.append((words, label))

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        words, label = self.data[i]
        words.append(END)  # bug
        words = [*words, END]  # fix
        return torch.tensor(words), label


def collate(items):
    words, labels = zip(*items)
    return pad_sequence(words, batch_first=True, padding_value=PAD), torch.tensor(labels)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.EmbeddingBag(40, 16, padding_idx=PAD)
        self.out = nn.Sequential(nn.Tanh(), nn.Linear(16, 2))

    def forward(self, ids):
        return self.out(self.emb(ids))


torch.manual_seed(0)
model = Reader()
opt = torch.optim.Adam(model.parameters(), lr=2e-2)
loader = DataLoader(Sentences(), batch_size=20, shuffle=True, collate_fn=collate)
for epoch in range(4):
    for ids, labels in loader:
        loss = nn.functional.cross_entropy(model(ids), labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item(), ids.shape)
