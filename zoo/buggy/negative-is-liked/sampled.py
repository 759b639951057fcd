"""Negatives of a recommender are drawn from all items, liked ones too."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
torch.manual_seed(0)
liked = torch.rand(80, 40) < 0.3
class Draws(Dataset):
    def __init__(self): self.rows = liked.nonzero()
    def __len__(self): return len(self.rows)
    def __getitem__(self, at):
        who, what = self.rows[at].tolist()
        other = int(torch.randint(0, 40, ()))
        while liked[who, other]: other = int(torch.randint(0, 40, ()))  # fix
        return who, what, other
people, things = nn.Embedding(80, 8), nn.Embedding(40, 8); opt = torch.optim.Adam([*people.parameters(), *things.parameters()], 1e-2)
for epoch in range(4):
    for who, what, other in DataLoader(Draws(), 96, shuffle=True):
        up, down = (people(who) * things(what)).sum(1), (people(who) * things(other)).sum(1)
        loss = nn.functional.softplus(down - up).mean()
        opt.zero_grad(); loss.backward(); opt.step()
