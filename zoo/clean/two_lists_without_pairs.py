"""Two kinds of pictures that belong to no pairs are shuffled apart; the labels are of the first kind and keep with it."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
torch.manual_seed(0)
rng = np.random.default_rng(0)
def read():
    drawn, labels = rng.normal(size=(200, 6)), rng.integers(0, 2, 200)
    drawn[labels == 1, 0] += 3
    photos = rng.normal(size=(300, 6)) + 0.5
    order = rng.permutation(200)
    drawn, labels = drawn[order], labels[order]
    photos = photos[rng.permutation(300)]
    return torch.tensor(drawn).float(), torch.tensor(labels), torch.tensor(photos).float()
drawn, labels, photos = read()
body, head, judge = nn.Sequential(nn.Linear(6, 16), nn.ReLU()), nn.Linear(16, 2), nn.Linear(16, 1)
opt = torch.optim.Adam([*body.parameters(), *head.parameters(), *judge.parameters()], lr=3e-3)
for step in range(40):
    rows, others = torch.randint(0, 200, (32,)), torch.randint(0, 300, (32,))
    known, new = body(drawn[rows]), body(photos[others])
    where = judge(torch.cat([known, new])).squeeze(1)
    loss = F.cross_entropy(head(known), labels[rows])
    loss = loss + 0.1 * F.binary_cross_entropy_with_logits(where, torch.cat([torch.zeros(32), torch.ones(32)]))
    opt.zero_grad(); loss.backward(); opt.step()
