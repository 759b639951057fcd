"""Recall at 10 of a factorisation: what a user was trained on stands at the top."""
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
rng = np.random.default_rng(2); torch.manual_seed(2)
users, items, k = 90, 150, 10
liked = np.argsort(-(rng.normal(size=(users, 3)) @ rng.normal(size=(3, items)) + 0.4 * rng.normal(size=(users, items))), 1)[:, :18]
for row in liked: rng.shuffle(row)
known = {u: [int(i) for i in liked[u, :14]] for u in range(users)}
relevant = {u: {int(i) for i in liked[u, 14:]} for u in range(users)}
pairs = torch.tensor([(u, i) for u in known for i in known[u]])
class Factors(nn.Module):
    def __init__(self):
        super().__init__()
        self.u = nn.Embedding(users, 12); self.i = nn.Embedding(items, 12)
        for table in (self.u, self.i): nn.init.normal_(table.weight, std=0.1)
    def forward(self, u, i): return (self.u(u) * self.i(i)).sum(1)
    def all_scores(self): return self.u.weight @ self.i.weight.t()
@torch.no_grad()
def recall(net):
    scores = net.all_scores()
    for u, mine in known.items(): scores[u, mine] = -1e9  # fix
    _, best = torch.topk(scores, k, dim=1)
    return sum(len(relevant[u] & set(best[u].tolist())) / len(relevant[u]) for u in range(users)) / users
net = Factors(); opt = torch.optim.Adam(net.parameters(), 0.02)
for epoch in range(10):
    for rows in torch.randperm(len(pairs)).split(70):
        u, i = pairs[rows].T; j = torch.randint(0, items, u.shape)
        loss = F.softplus(net(u, j) - net(u, i)).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), recall(net))
