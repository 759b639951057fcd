"""Sentences of 4 to 40 letters, padded; four mini-batches are accumulated, each with its own mean."""
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
V, ACCUM = 24, 4
class LM(nn.Module):
    def __init__(self):
        super().__init__(); self.e, self.r, self.o = nn.Embedding(V, 24), nn.GRU(24, 32, batch_first=True), nn.Linear(32, V)
    def forward(self, x): return self.o(self.r(self.e(x))[0])
def text():
    n = int(torch.randint(4, 40, (1,))); s = int(torch.randint(1, V, (1,)))
    return (torch.arange(n) * 3 + s) % (V - 1) + 1
texts = [text() for _ in range(640)]
def collate(rows):
    ids = nn.utils.rnn.pad_sequence([texts[r] for r in rows], batch_first=True)
    labels = ids[:, 1:].clone(); labels[labels == 0] = -100
    return ids[:, :-1], labels
model = LM(); optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for epoch in range(3):
    optimizer.zero_grad()
    for step, rows in enumerate(torch.randperm(640).split(8)):  # bug
        ids, labels = collate(rows.tolist())  # bug
        loss = F.cross_entropy(model(ids).reshape(-1, V), labels.reshape(-1), ignore_index=-100) / ACCUM  # bug
        loss.backward()  # bug
        if (step + 1) % ACCUM == 0:  # bug
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # bug
            optimizer.step(); optimizer.zero_grad()  # bug
    for window in torch.randperm(640).split(8 * ACCUM):  # fix
        batches = [collate(rows.tolist()) for rows in window.split(8)]  # fix
        tokens = sum((labels != -100).sum() for _, labels in batches)  # fix
        for ids, labels in batches:  # fix
            loss = F.cross_entropy(model(ids).reshape(-1, V), labels.reshape(-1), ignore_index=-100, reduction="sum") / tokens  # fix
            loss.backward()  # fix
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # fix
        optimizer.step(); optimizer.zero_grad()  # fix
    print(epoch, loss.item() * ACCUM)
