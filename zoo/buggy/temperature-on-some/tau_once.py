"""A query, its positive and negatives of a memory; the negatives have no temperature."""
import torch
from torch import nn
import torch.nn.functional as F

class ContrastHead(nn.Module):
    def __init__(self, tem=0.3): super().__init__(); self.tem = tem
    def forward(self, query, pos, negs):
        query, pos, negs = F.normalize(query, dim=1), F.normalize(pos, dim=1), F.normalize(negs, dim=1)
        pos_logit = (query * pos).sum(1, keepdim=True) / self.tem
        neg_logit = query @ negs.t()  # bug
        neg_logit = query @ negs.t() / self.tem  # fix
        logits = torch.cat([pos_logit, neg_logit], 1)
        return F.cross_entropy(logits, torch.zeros(len(query), dtype=torch.long))

torch.manual_seed(0)
y = torch.randint(0, 6, (480,)); proto = torch.randn(6, 24); x = proto[y] + 0.6 * torch.randn(480, 24)
enc = nn.Sequential(nn.Linear(24, 64), nn.ReLU(), nn.Linear(64, 16)); opt = torch.optim.Adam(enc.parameters(), 1e-3); head = ContrastHead(0.3)
for epoch in range(8):
    for b in torch.randperm(480).split(48):
        q, k = enc(x[b] + 0.2 * torch.randn(len(b), 24)), enc(x[b] + 0.2 * torch.randn(len(b), 24)); neg = enc(x[torch.randint(0, 480, (64,))])
        loss = head(q, k, neg); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
