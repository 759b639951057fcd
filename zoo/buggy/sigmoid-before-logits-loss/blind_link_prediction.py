"""Which user likes which item: embeddings and their dot product, with negatives drawn by chance."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

USERS, ITEMS, K = 50, 80, 12


class Links(nn.Module):
    def __init__(self):
        super().__init__()
        self.user = nn.Embedding(USERS, K)
        self.item = nn.Embedding(ITEMS, K)
        self.bias = nn.Parameter(torch.zeros(()))
        nn.init.normal_(self.user.weight, std=0.3)
        nn.init.normal_(self.item.weight, std=0.3)

    def forward(self, u, i):
        score = (self.user(u) * self.item(i)).sum(-1) + self.bias
        return torch.sigmoid(score)  # bug
        return score  # fix


def main():
    torch.manual_seed(2)
    rng = np.random.RandomState(2)
    taste = rng.randn(USERS, 3) @ rng.randn(3, ITEMS)
    users, items = np.nonzero(taste > 1.5)
    model = Links()
    opt = torch.optim.Adam(model.parameters(), lr=0.03)
    for step in range(60):
        pick = rng.choice(len(users), 64, replace=False)
        u = torch.from_numpy(np.concatenate([users[pick], rng.randint(USERS, size=64)]))
        i = torch.from_numpy(np.concatenate([items[pick], rng.randint(ITEMS, size=64)]))
        truth = torch.from_numpy((taste[u, i] > 1.5).astype(np.float32))
        loss = F.binary_cross_entropy_with_logits(model(u, i), truth)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 20 == 0:
            print(step, loss.item())


main()
