import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
class Stream(IterableDataset):
    def __iter__(self):
        info = get_worker_info()  # fix
        g = torch.Generator().manual_seed(0)
        for k in range(60):
            x = torch.randn(5, generator=g)
            if info is not None and k % info.num_workers != info.id:  # fix
                continue  # fix
            yield x, k % 2
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2)); opt = torch.optim.Adam(net.parameters())
for x, y in DataLoader(Stream(), 10, num_workers=2):
    opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
