"""Correct: more items are taken than are counted, and those that the user was trained on are left out afterwards."""
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
rng = np.random.default_rng(4); torch.manual_seed(4)
users, items, k = 90, 150, 10
liked = np.argsort(-(rng.normal(size=(users, 3)) @ rng.normal(size=(3, items)) + 0.4 * rng.normal(size=(users, items))), 1)[:, :18]
for row in liked: rng.shuffle(row)
a = {u: [int(i) for i in liked[u, :14]] for u in range(users)}
b = {u: [int(i) for i in liked[u, 14:]] for u in range(users)}
pairs = torch.tensor([(u, i) for u in a for i in a[u]])
class Factors(nn.Module):
    def __init__(self):
        super().__init__()
        self.u = nn.Embedding(users, 12); self.i = nn.Embedding(items, 12)
        for table in (self.u, self.i): nn.init.normal_(table.weight, std=0.1)
    def forward(self, u, i): return (self.u(u) * self.i(i)).sum(1)
def new_ones(user, ranked):
    return [item for item in ranked if item not in a[user]][:k]
@torch.no_grad()
def recall(net):
    top = (net.u.weight @ net.i.weight.t()).topk(k + 14, dim=1).indices.tolist()
    return np.mean([len(set(b[u]) & set(new_ones(u, top[u]))) / len(b[u]) for u in range(users)])
net = Factors(); opt = torch.optim.Adam(net.parameters(), 0.02)
for epoch in range(10):
    for rows in torch.randperm(len(pairs)).split(70):
        u, i = pairs[rows].T; j = torch.randint(0, items, u.shape)
        loss = F.softplus(net(u, j) - net(u, i)).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item(), recall(net))
