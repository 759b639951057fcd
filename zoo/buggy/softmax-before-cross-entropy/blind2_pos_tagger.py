import torch
from torch import nn

PAD, IGNORE, VOCAB, TAGS = 0, -100, 60, 5
torch.manual_seed(5)


def corpus(n, rng):
    """The tag depends on the token and on its left neighbour."""
    rows, tags = [], []
    for _ in range(n):
        length = int(torch.randint(8, 17, (1,), generator=rng))
        toks = torch.randint(1, VOCAB, (length,), generator=rng)
        prev = torch.cat([torch.zeros(1, dtype=torch.long), toks[:-1]])
        rows.append(toks)
        tags.append((toks + (prev > VOCAB // 2).long()) % TAGS)
    return rows, tags


def collate(rows, tags):
    x = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)
    y = nn.utils.rnn.pad_sequence(tags, batch_first=True, padding_value=IGNORE)
    return x, y


class Tagger(nn.Module):
    def __init__(self, dim=32, hidden=32):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.rnn = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(nn.Linear(2 * hidden, 64), nn.ReLU(), nn.Linear(64, TAGS))

    def forward(self, x):
        h, _ = self.rnn(self.emb(x))
        emissions = self.head(h)
        return emissions.softmax(-1).transpose(1, 2)  # bug
        return emissions.transpose(1, 2)  # fix


rng = torch.Generator().manual_seed(9)
rows, tags = corpus(480, rng)
test_x, test_y = collate(*corpus(120, rng))
model = Tagger()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
loss_fn = nn.CrossEntropyLoss(ignore_index=IGNORE, label_smoothing=0.02)

for epoch in range(8):
    model.train()
    order = torch.randperm(len(rows)).tolist()
    running = 0.0
    for k in range(0, len(order), 32):
        picked = order[k:k + 32]
        x, y = collate([rows[i] for i in picked], [tags[i] for i in picked])
        opt.zero_grad(set_to_none=True)
        loss = loss_fn(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        opt.step()
        running += loss.item()
    model.eval()
    with torch.inference_mode():
        keep = test_y != IGNORE
        right = (model(test_x).argmax(1) == test_y)[keep].float().mean().item()
    print(f"{epoch} loss {running / 15:.3f} token accuracy {right:.3f}")
