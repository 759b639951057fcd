"""Masks of attention by hand that are right: scores times a mask that is put on once more, windows, a pool, two in one."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
WORDS, WIDTH = 30, 24


def shares(scores, keep):
    """Zeros for what is hidden in the scores, and again in the weights, as AllenNLP writes it."""
    weights = F.softmax(scores * keep, dim=-1) * keep
    return weights / (weights.sum(-1, keepdim=True) + 1e-13)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(WORDS, WIDTH)
        self.first, self.second, self.pool = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, 1)
        self.out = nn.Linear(WIDTH, 2)

    def forward(self, ids):
        keep = (ids != 0).float()
        at = torch.arange(ids.shape[1])
        x = self.table(ids)
        q, k, v = self.first(x).chunk(3, -1)
        x = x + shares(q @ k.mT / WIDTH**0.5, keep[:, None].expand(-1, ids.shape[1], -1)) @ v
        q, k, v = self.second(x).chunk(3, -1)
        near = ((at[:, None] - at[None]).abs() <= 2) & (at[None] <= at[:, None])
        scores = (q @ k.mT / WIDTH**0.5).masked_fill(~near, -1e9) + (keep[:, None] - 1) * 1e9
        x = x + scores.softmax(-1) @ v
        energy = self.pool(x).squeeze(-1).masked_fill(keep == 0, -torch.inf)
        return self.out(torch.einsum("nt,ntd->nd", energy.softmax(1), x))


net = Reader()
opt = torch.optim.Adam(net.parameters(), 3e-3)
for step in range(70):
    ids = torch.randint(1, WORDS, (32, 12))
    ids[torch.arange(12)[None] >= torch.randint(3, 13, (32, 1))] = 0
    loss = F.cross_entropy(net(ids), (ids == 4).any(1).long())
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
