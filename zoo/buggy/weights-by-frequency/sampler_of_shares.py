"""A weighted sampler that draws each row by the share of its class."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(37)
kind = torch.cat([torch.zeros(700), torch.ones(160), torch.full((60,), 2.0)]).long()
x = torch.randn(920, 6) + nn.functional.one_hot(kind, 6)
counts = torch.bincount(kind).double()
per_class = counts / len(kind)  # bug
per_class = len(kind) / counts  # fix
sampler = WeightedRandomSampler(per_class[kind], num_samples=920)
loader = DataLoader(TensorDataset(x, kind), batch_size=46, sampler=sampler)
net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(4):
    for features, label in loader:
        loss = nn.functional.cross_entropy(net(features), label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
