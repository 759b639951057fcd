"""A reward model reads the score at the last token, of rows that are padded on the left."""
import torch
from torch import nn
torch.manual_seed(3)
PAD = 0
def collate(rows, side="left"):
    n = max(map(len, rows)); out = torch.full((len(rows), n), PAD)
    for i, r in enumerate(rows):
        if side == "left": out[i, n - len(r):] = r
        else: out[i, :len(r)] = r
    return out
class RewardModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(40, 24, padding_idx=PAD); self.rnn = nn.GRU(24, 24, batch_first=True); self.v = nn.Linear(24, 1)
    def forward(self, ids):
        h, _ = self.rnn(self.emb(ids))
        values = self.v(h).squeeze(-1)
        end = (ids != PAD).sum(1) - 1  # bug
        end = torch.full((len(ids),), ids.size(1) - 1)  # fix
        return values[torch.arange(len(ids)), end]
def sample():
    k = int(torch.randint(4, 13, (1,)))
    base = torch.randint(1, 38, (k,))
    good, bad = base.clone(), base.clone()
    good[-2] = 38; bad[-2] = 39
    return good, bad
rm = RewardModel(); opt = torch.optim.Adam(rm.parameters(), lr=3e-3)
for step in range(80):
    pairs = [sample() for _ in range(16)]
    chosen, rejected = collate([a for a, _ in pairs]), collate([b for _, b in pairs])
    loss = -nn.functional.logsigmoid(rm(chosen) - rm(rejected)).mean()
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
