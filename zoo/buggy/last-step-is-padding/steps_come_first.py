"""Words come as (steps, rows), as pad_sequence gives them, and the last step of the batch is read."""
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)


def sentences(n):
    rows, labels = [], torch.randint(0, 2, (n,))
    for label in labels.tolist():
        words = torch.randint(4, 40, (int(torch.randint(3, 28, (1,))),))
        words[torch.randint(0, len(words), (1,))] = 2 + label
        rows.append(words)
    return rows, labels


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(40, 16)
        self.rnn = nn.GRU(16, 24)
        self.head = nn.Linear(24, 2)

    def forward(self, words, lengths):
        steps, _ = self.rnn(self.embedding(words))
        last = steps[-1]  # bug
        last = steps[lengths - 1, torch.arange(words.size(1))]  # fix
        return self.head(last)


rows, labels = sentences(480)
lengths = torch.tensor([len(row) for row in rows])
net = Tagger()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for part in torch.randperm(400).split(40):
        words = pad_sequence([rows[i] for i in part])
        loss = nn.functional.cross_entropy(net(words, lengths[part]), labels[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = (net(pad_sequence(rows[400:]), lengths[400:]).argmax(1) == labels[400:]).float().mean()
    print(f"epoch {epoch}: {right:.3f}")
