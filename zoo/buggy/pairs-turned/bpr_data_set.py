"""A data set draws an item that the user has not seen; BPR prefers that one."""
import random
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
random.seed(0); torch.manual_seed(0)
class Triples(Dataset):
    def __init__(self): self.pairs = [(u, (5 * u + k) % 40) for u in range(30) for k in range(8)]; self.known = set(self.pairs)
    def __len__(self): return len(self.pairs)
    def __getitem__(self, n):
        u, i = self.pairs[n]; j = random.randrange(40)
        while (u, j) in self.known: j = random.randrange(40)
        return u, i, j
users, items = nn.Embedding(30, 12), nn.Embedding(40, 12); opt = torch.optim.Adam([*users.parameters(), *items.parameters()], 1e-2)
for epoch in range(3):
    for u, i, j in DataLoader(Triples(), batch_size=40, shuffle=True):
        a, b = (users(u) * items(i)).sum(1), (users(u) * items(j)).sum(1)
        loss = -torch.log(torch.sigmoid(b - a)).mean()  # bug
        loss = -torch.log(torch.sigmoid(a - b)).mean()  # fix
        opt.zero_grad(); loss.backward(); opt.step()
