import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
class Batches:
    def __init__(self, n, size):
        self.n, self.size = n, size
    def __iter__(self):
        for start in range(0, self.n, self.size):
            stop = min(self.n, start + self.size + 2)  # bug
            stop = min(self.n, start + self.size)  # fix
            yield list(range(start, stop))
    def __len__(self):
        return -(-self.n // self.size)
ds = TensorDataset(torch.randn(100, 4), torch.randint(0, 2, (100,)))
dl = DataLoader(ds, batch_sampler=Batches(100, 10))
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for e in range(2):
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
