import random
import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset
random.seed(0); torch.manual_seed(0)
class Shuffled(Sampler):
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return iter(random.choices(range(self.n), k=self.n))  # bug
        return iter(random.sample(range(self.n), k=self.n))  # fix
    def __len__(self):
        return self.n
ds = TensorDataset(torch.randn(100, 4), torch.randint(0, 2, (100,)))
dl = DataLoader(ds, 10, sampler=Shuffled(100))
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(2):
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
