import torch
from torch import nn

torch.manual_seed(12)
VOCAB, TAGS = 50, 4


class CRF(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.start, self.end = nn.Parameter(torch.zeros(n)), nn.Parameter(torch.zeros(n))
        self.trans = nn.Parameter(0.01 * torch.randn(n, n))

    def score(self, e, y, mask):
        rows = torch.arange(e.size(1))
        s = self.start[y[0]] + e[0, rows, y[0]]
        for t in range(1, len(e)):
            s = s + (self.trans[y[t - 1], y[t]] + e[t, rows, y[t]]) * mask[t]
        last = mask.long().sum(0) - 1
        return s + self.end[y[last, rows]]

    def partition(self, e, mask):
        a = self.start + e[0]
        for t in range(1, len(e)):
            new = torch.logsumexp(a.unsqueeze(2) + self.trans + e[t].unsqueeze(1), dim=1)
            a = torch.where(mask[t].unsqueeze(1).bool(), new, a)
        return torch.logsumexp(a + self.end, dim=1)

    def decode(self, e):
        a, back = self.start + e[0], []
        for t in range(1, len(e)):
            best, arg = (a.unsqueeze(1) + self.trans).max(0)
            a = best + e[t]
            back.append(arg)
        path = [int((a + self.end).argmax())]
        for arg in reversed(back):
            path.append(int(arg[path[-1]]))
        return path[::-1]


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, 16, padding_idx=0)
        self.rnn = nn.GRU(16, 16, bidirectional=True)
        self.out, self.crf = nn.Linear(32, TAGS), CRF(TAGS)

    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0])


def sentence():
    n = int(torch.randint(5, 13, (1,)))
    tags = [int(torch.randint(TAGS, (1,)))]
    for _ in range(n - 1):
        tags.append((tags[-1] + int(torch.rand(1) < 0.7)) % TAGS)
    words = [1 + (3 * t + int(torch.randint(0, 12, (1,)))) % (VOCAB - 1) for t in tags]
    return torch.tensor(words), torch.tensor(tags)


def batch(items):
    x = nn.utils.rnn.pad_sequence([a for a, _ in items])
    y = nn.utils.rnn.pad_sequence([b for _, b in items])
    return x, y, (x != 0).float()


data = [sentence() for _ in range(500)]
train, test = data[:400], data[400:]
net = Tagger()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(5):
    net.train()
    order = torch.randperm(400).tolist()
    total = 0.0
    for k in range(0, 400, 40):
        x, y, mask = batch([train[i] for i in order[k:k + 40]])
        e = net(x)
        loss = (net.crf.partition(e, mask) - net.crf.score(e, y, mask)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    net.eval()
    with torch.no_grad():
        hits = [a == b for w, t in test for a, b in zip(net.crf.decode(net(w.unsqueeze(1))[:, 0]), t.tolist())]
    print(epoch, round(total / 10, 3), sum(hits) / len(hits))
