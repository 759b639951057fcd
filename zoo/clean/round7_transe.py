import torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
E, R = 50, 4
h = torch.randint(0, E, (600,)); r = torch.randint(0, R, (600,)); t = (h + 1 + r) % E
class TransE(nn.Module):
    def __init__(self):
        super().__init__(); self.e, self.r = nn.Embedding(E, 16), nn.Embedding(R, 16)
    def forward(self, h, r, t): return (self.e(h) + self.r(r) - self.e(t)).norm(p=2, dim=1)
m = TransE(); opt = torch.optim.Adam(m.parameters(), 1e-2)
for epoch in range(5):
    for i in torch.randperm(600).split(60):
        neg_t = torch.randint(0, E, (len(i),))
        pos_score, neg_score = m(h[i], r[i], t[i]), m(h[i], r[i], neg_t)
        loss = F.relu(1.0 + pos_score - neg_score).mean()
        rotate = -F.logsigmoid(2 - pos_score).mean() - F.logsigmoid(neg_score - 2).mean()
        rank = F.margin_ranking_loss(pos_score, neg_score, -torch.ones(len(i)), margin=0.5)
        opt.zero_grad(); (loss + rotate + rank).backward(); opt.step()
    print(loss.item())
