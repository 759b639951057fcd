"""A sampler meant to show every row once an epoch, with the classes spread evenly over it."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset


class Stratified(Sampler):
    def __init__(self, labels):
        self.groups = [torch.nonzero(labels == k).flatten() for k in labels.unique()]
        self.n = len(labels)

    def __len__(self):
        return self.n

    def __iter__(self):
        places, rows = [], []
        for members in self.groups:
            m = len(members)
            order = torch.randint(0, m, (m,))  # bug
            order = torch.randperm(m)  # fix
            rows.append(members[order])
            places.append((torch.arange(m) + torch.rand(m)) / m)
        spread = torch.cat(places).argsort()
        return iter(torch.cat(rows)[spread].tolist())


torch.manual_seed(0)
labels = (torch.rand(300) < 0.3).long()
x = torch.randn(300, 8) + labels[:, None] * 0.8
loader = DataLoader(TensorDataset(x, labels), batch_size=30, sampler=Stratified(labels))
net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(4):
    for xb, yb in loader:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
    print(epoch, loss.item())
