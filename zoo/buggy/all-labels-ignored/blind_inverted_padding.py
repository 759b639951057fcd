"""Tagging; the padding mask is used the wrong way round, so nothing real is ever scored."""
import torch
from torch import nn

torch.manual_seed(0)
IGNORE = -100


class Tagger(nn.Module):
    def __init__(self, vocab=40, dim=16, tags=4):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.conv = nn.Conv1d(dim, 24, 3, padding=1)
        self.out = nn.Linear(24, tags)

    def forward(self, ids):
        h = torch.relu(self.conv(self.emb(ids).transpose(1, 2)))
        return self.out(h.transpose(1, 2))


def batch(n=32, length=10):
    ids = torch.randint(1, 40, (n, length))
    tags = ids % 4
    real = ids != 0
    tags = torch.where(real, torch.tensor(IGNORE), tags)  # bug
    tags = torch.where(real, tags, torch.tensor(IGNORE))  # fix
    return ids, tags


model = Tagger()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(30):
    ids, tags = batch()
    opt.zero_grad()
    logits = model(ids)
    loss = nn.functional.cross_entropy(logits.transpose(1, 2), tags, ignore_index=IGNORE)
    loss.backward()
    opt.step()
    if step % 10 == 0:
        print(step, loss.item())
