"""Mean over the real tokens; some messages have none."""
import random

import torch
from torch import nn


class MeanPool(nn.Module):
    def __init__(self, vocab=50, dim=16):
        super().__init__()
        self.emb = nn.Embedding(vocab, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, ids):
        real = (ids != 0).float().unsqueeze(-1)
        total = (self.emb(ids) * real).sum(1)
        mean = total / real.sum(1)  # bug
        mean = total / real.sum(1).clamp(min=1)  # fix
        return self.mlp(mean)


random.seed(1)
torch.manual_seed(1)
messages, spam = [], []
for _ in range(300):
    is_spam = random.random() < 0.5
    pool = range(1, 30) if is_spam else range(20, 50)
    n = random.choice([0, 2, 3, 5, 8]) if random.random() < 0.1 else random.randint(2, 8)
    words = [random.choice(pool) for _ in range(n)]
    messages.append(words + [0] * (8 - n))
    spam.append(int(is_spam))
messages, spam = torch.tensor(messages), torch.tensor(spam)

net = MeanPool()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(30):
    pick = torch.randperm(300)[:32]
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(messages[pick]), spam[pick])
    loss.backward()
    opt.step()
    if step % 5 == 0:
        print(step, loss.item())
