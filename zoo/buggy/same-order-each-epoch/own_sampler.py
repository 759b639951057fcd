"""A sampler of batches draws its order from the epoch, which nobody sets."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
class Buckets:
    def __init__(self, rows, size):
        self.rows, self.size, self.epoch = rows, size, 0
    def set_epoch(self, epoch): self.epoch = epoch
    def __len__(self): return self.rows // self.size
    def __iter__(self):
        order = torch.randperm(self.rows, generator=torch.Generator().manual_seed(self.epoch)).tolist()
        for start in range(0, len(self) * self.size, self.size): yield order[start:start + self.size]
torch.manual_seed(5)
x = torch.randn(320, 7); y = (x[:, 0] + x[:, 1] > 0).long(); sampler = Buckets(320, 32)
loader = DataLoader(TensorDataset(x, y), batch_sampler=sampler)
net = nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Linear(16, 2)); opt = torch.optim.Adam(net.parameters(), 3e-3)
for epoch in range(5):
    sampler.set_epoch(epoch)  # fix
    for a, b in loader:
        loss = nn.functional.cross_entropy(net(a), b); opt.zero_grad(); loss.backward(); opt.step()
    print(epoch, loss.item())
