"""Correct: the ranking of training items is measured on purpose, beside that of test items without them."""
import numpy as np
import torch
from torch import nn
rng = np.random.default_rng(8); torch.manual_seed(8)
U, I = 80, 130
order = np.argsort(-(rng.normal(size=(U, 4)) @ rng.normal(size=(4, I)) + 0.5 * rng.normal(size=(U, I))), 1)[:, :16]
order = rng.permuted(order, axis=1)
fitted, later = order[:, :12].tolist(), order[:, 12:].tolist()
class MF(nn.Module):
    def __init__(self):
        super().__init__(); self.p = nn.Embedding(U, 12); self.q = nn.Embedding(I, 12)
        for table in (self.p, self.q): nn.init.normal_(table.weight, std=0.1)
    def forward(self, u, i): return (self.p(u) * self.q(i)).sum(-1)
@torch.no_grad()
def precision(net, wanted, without=None):
    scores = net.p.weight @ net.q.weight.T
    if without is not None:
        for u in range(U): scores[u, without[u]] = -torch.inf
    top = scores.topk(10, dim=1).indices
    return np.mean([len(set(wanted[u]) & set(top[u].tolist())) / 10 for u in range(U)])
pairs = torch.tensor([(u, i) for u in range(U) for i in fitted[u]])
net = MF(); opt = torch.optim.Adam(net.parameters(), 0.02)
for epoch in range(8):
    for rows in torch.randperm(len(pairs)).split(64):
        u, i = pairs[rows].T
        loss = nn.functional.softplus(net(u, torch.randint(0, I, i.shape)) - net(u, i)).mean()
        opt.zero_grad(); loss.backward(); opt.step()
    print(precision(net, fitted), precision(net, later, without=fitted))
