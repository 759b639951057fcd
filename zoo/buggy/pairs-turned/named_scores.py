"""The softplus of a positive score less a negative one: it falls as the positive score does."""
import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
class Tower(nn.Module):
    def __init__(self):
        super().__init__(); self.q = nn.Linear(12, 16); self.d = nn.Linear(12, 16)
    def score(self, q, d): return (self.q(q) * self.d(d)).sum(1)
query = torch.randn(512, 12); document = query + 0.3 * torch.randn(512, 12)
model = Tower(); optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for epoch in range(2):
    for rows in torch.randperm(512).split(64):
        other = document[rows].roll(1, 0)
        pos_score = model.score(query[rows], document[rows])
        neg_score = model.score(query[rows], other)
        loss = F.softplus(pos_score - neg_score).mean()  # bug
        loss = F.softplus(neg_score - pos_score).mean()  # fix
        optimizer.zero_grad(); loss.backward(); optimizer.step()
