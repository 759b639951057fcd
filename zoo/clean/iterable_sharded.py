import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
class S(IterableDataset):
    def __iter__(self):
        w = get_worker_info(); i, n = (w.id, w.num_workers) if w else (0, 1)
        g = torch.Generator().manual_seed(i)
        for k in range(i, 60, n):
            yield torch.randn(5, generator=g), k % 2
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for x, y in DataLoader(S(), 10, num_workers=2):
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
