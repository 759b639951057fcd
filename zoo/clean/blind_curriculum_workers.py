"""A curriculum: short rows first, longer ones later; the loader has workers and pads."""
import random

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, Subset


class Majority(Dataset):
    """More twos than ones, or not; rows sorted by length, so the first are the easiest."""

    def __init__(self, n=300, seed=0):
        rng = random.Random(seed)
        rows = [[rng.randint(1, 2) for _ in range(rng.randint(2, 8))] for _ in range(n)]
        self.rows = sorted(rows, key=len)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return torch.tensor(self.rows[i]), int(2 * self.rows[i].count(2) > len(self.rows[i]))


def collate(items):
    rows, labels = zip(*items)
    lengths = torch.tensor([len(r) for r in rows])
    return pad_sequence(rows, batch_first=True), lengths, torch.tensor(labels)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(3, 8, padding_idx=0)
        self.rnn = nn.LSTM(8, 32, batch_first=True)
        self.fc = nn.Linear(32, 2)

    def forward(self, rows, lengths):
        out, _ = self.rnn(self.emb(rows))
        return self.fc(out[torch.arange(len(rows)), lengths - 1])


def main():
    torch.manual_seed(0)
    data, net = Majority(), Net()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    for epoch, share in enumerate((0.3, 0.6, 1.0)):
        easiest = Subset(data, range(int(share * len(data))))
        loader = DataLoader(easiest, batch_size=20, shuffle=True, collate_fn=collate, num_workers=2 if epoch == 2 else 0)
        for rows, lengths, labels in loader:
            loss = nn.functional.cross_entropy(net(rows, lengths), labels)
            opt.zero_grad()
            loss.backward()
            opt.step()
        print(epoch, len(easiest), loss.item())


if __name__ == "__main__":
    main()
