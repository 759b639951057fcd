import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler
torch.manual_seed(0)
ds = TensorDataset(torch.randn(100, 4), torch.randint(0, 2, (100,)))
sampler = DistributedSampler(ds, num_replicas=2, rank=0, shuffle=True)
dl = DataLoader(ds, 10, sampler=sampler)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.Adam(net.parameters())
for epoch in range(3):
    sampler.set_epoch(epoch)  # fix
    for x, y in dl:
        opt.zero_grad(); nn.functional.cross_entropy(net(x), y).backward(); opt.step()
