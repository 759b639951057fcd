"""A selector of hard pairs that takes the farthest negatives."""
import torch
from torch import nn
import torch.nn.functional as F

class HardNegativePairSelector:
    def get_pairs(self, emb, labels):
        dist = torch.cdist(emb.detach(), emb.detach())
        iu = torch.triu_indices(len(labels), len(labels), 1).t()
        same = labels[iu[:, 0]] == labels[iu[:, 1]]
        pos, neg = iu[same], iu[~same]
        d = dist[neg[:, 0], neg[:, 1]]
        top = torch.topk(d, len(pos), largest=True).indices  # bug
        top = torch.topk(d, len(pos), largest=False).indices  # fix
        return pos, neg[top]

class ContrastiveLoss(nn.Module):
    def __init__(self, margin, selector): super().__init__(); self.margin, self.selector = margin, selector
    def forward(self, emb, labels):
        pos, neg = self.selector.get_pairs(emb, labels)
        lp = (emb[pos[:, 0]] - emb[pos[:, 1]]).pow(2).sum(1)
        ln = F.relu(self.margin - (emb[neg[:, 0]] - emb[neg[:, 1]]).pow(2).sum(1).add(1e-9).sqrt()).pow(2)
        return torch.cat([lp, ln]).mean()

torch.manual_seed(0)
y = torch.randint(0, 8, (640,)); x = torch.randn(8, 24)[y] + 0.8 * torch.randn(640, 24)
net = nn.Sequential(nn.Linear(24, 64), nn.PReLU(), nn.Linear(64, 8)); opt = torch.optim.Adam(net.parameters(), 1e-3)
loss_fn = ContrastiveLoss(1.0, HardNegativePairSelector())
for epoch in range(8):
    for b in torch.randperm(640).split(64):
        loss = loss_fn(net(x[b]), y[b]); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
