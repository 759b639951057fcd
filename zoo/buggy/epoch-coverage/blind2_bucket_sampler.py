import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset, Sampler


class Reviews(Dataset):
    """Token lists; positive when the tokens of the first half of the vocabulary outnumber the others."""

    def __init__(self, n, seed, vocab=40):
        g = torch.Generator().manual_seed(seed)
        lengths = torch.randint(9, 26, (n,), generator=g)
        self.tokens = [torch.randint(1, vocab, (int(k),), generator=g) for k in lengths]
        self.labels = torch.tensor([float((t < vocab // 2).float().mean() > 0.5) for t in self.tokens])

    def __len__(self):
        return len(self.tokens)

    def __getitem__(self, i):
        return self.tokens[i], self.labels[i]


class BucketBatches(Sampler):
    """Batches of similar length, in random order."""

    def __init__(self, ds, size):
        self.lengths, self.size = torch.tensor([len(t) for t in ds.tokens]), size

    def __len__(self):
        return -(-len(self.lengths) // self.size)

    def __iter__(self):
        noise = torch.rand(len(self.lengths))
        order = (self.lengths + 4 * noise).argsort().tolist()
        starts = [int(s) for s in torch.randint(len(self), (len(self),)) * self.size]  # bug
        starts = [int(s) for s in torch.randperm(len(self)) * self.size]  # fix
        for s in starts:
            yield order[s:s + self.size]


def collate(items):
    tokens, labels = zip(*items)
    return pad_sequence(tokens, batch_first=True), torch.tensor([len(t) for t in tokens]), torch.stack(labels)


class Sentiment(nn.Module):
    def __init__(self, vocab=40, dim=16, hidden=24):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim, padding_idx=0)
        self.gru = nn.GRU(dim, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x, lengths):
        _, h = self.gru(pack_padded_sequence(self.emb(x), lengths, batch_first=True, enforce_sorted=False))
        return self.out(h[-1]).squeeze(-1)


torch.manual_seed(173)
train, test = Reviews(960, 0), Reviews(240, 1)
train_dl = DataLoader(train, batch_sampler=BucketBatches(train, 48), collate_fn=collate)
test_dl = DataLoader(test, batch_size=80, collate_fn=collate)
model, bce = Sentiment(), nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(8):
    model.train()
    for x, n, y in train_dl:
        loss = bce(model(x, n), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        right = sum(((model(x, n) > 0) == y.bool()).sum().item() for x, n, y in test_dl)
    print(f"epoch {epoch} loss {loss.item():.3f} accuracy {right / len(test):.3f}")
