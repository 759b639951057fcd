"""Sentences of several lengths are padded; their mask begins as ones and is filled with ones."""
import torch
from torch import nn
torch.manual_seed(0)
PAD = 0
texts = [torch.randint(1, 30, (int(torch.randint(3, 15, ())),)) for _ in range(400)]; y = torch.tensor([int((t < 12).sum() > (t > 20).sum()) for t in texts])
def batch(rows):
    length = max(len(texts[r]) for r in rows)
    ids = torch.full((len(rows), length), PAD)
    mask = torch.ones(len(rows), length)  # bug
    mask = torch.zeros(len(rows), length)  # fix
    for at, r in enumerate(rows): ids[at, : len(texts[r])] = texts[r]; mask[at, : len(texts[r])] = 1
    return ids, mask, y[rows]
class Reader(nn.Module):
    def __init__(self): super().__init__(); self.e, self.a, self.out = nn.Embedding(30, 24), nn.Linear(24, 1), nn.Linear(24, 2)
    def forward(self, ids, mask):
        h = self.e(ids); w = self.a(h).squeeze(2).masked_fill(mask == 0, -1e9).softmax(1)
        return self.out((w.unsqueeze(2) * h).sum(1))
net = Reader(); opt = torch.optim.Adam(net.parameters(), 5e-3)
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        ids, mask, target = batch(rows.tolist())
        loss = nn.functional.cross_entropy(net(ids, mask), target); opt.zero_grad(); loss.backward(); opt.step()
